"""Why a start cannot be booked: the first rule that forbids it."""

from datetime import timedelta

import pytest

from bookings.rules import refusals
from bookings.rules.calendar import Calendar, ServiceRules, SessionSeats, occupied
from professionals.rules.working_hours import default_schedule
from tests.bookings.test_rules_slots import HOUR, NOW, on_monday, period

OFFICE = Calendar(default_schedule("UTC"), time_off=[period("14:00", "15:00")], busy=[period("10:00", "11:00")])


@pytest.mark.parametrize(
    ("clock", "code"),
    [
        ("09:00", None),
        ("11:00", None),
        ("10:00", "booked"),
        ("09:30", "not_a_slot"),
        ("09:01", "not_a_slot"),
        ("08:00", "outside_hours"),
        ("16:30", "outside_hours"),  # begins within the hours, ends after them
        ("03:00", "outside_hours"),
        ("14:00", "time_off"),
        ("13:30", "time_off"),  # runs into it
        ("15:00", None),
    ],
)
def test_the_hours_and_the_others_decide(clock: str, code: str | None) -> None:
    assert refusals.refusal(HOUR, OFFICE, on_monday(clock), now=NOW) == code


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("07:00", None),
        ("08:00", None),
        ("08:01", "notice"),
        ("09:00", "notice"),
        ("09:01", "in_the_past"),
        ("23:00", "in_the_past"),
    ],
)
def test_what_is_too_soon(now: str, code: str | None) -> None:
    service = ServiceRules(60, min_notice_minutes=60)
    assert refusals.refusal(service, OFFICE, on_monday("09:00"), now=on_monday(now)) == code


def test_what_is_too_far_ahead() -> None:
    for days, code in ((3, None), (2, "horizon")):
        assert refusals.refusal(ServiceRules(60, horizon_days=days), OFFICE, on_monday("09:00"), now=NOW) == code


def test_time_comes_first_then_hours_then_the_others() -> None:
    """Three in the morning, four years ago or hence, is not a question of opening hours."""
    service = ServiceRules(60, min_notice_minutes=60, horizon_days=30)
    night = on_monday("03:00")
    years = timedelta(days=4 * 365)
    assert refusals.refusal(service, OFFICE, night - years, now=NOW) == "in_the_past"
    assert refusals.refusal(service, OFFICE, night + years, now=NOW) == "horizon"
    assert refusals.refusal(service, OFFICE, night, now=night) == "notice"


def test_a_full_session_is_taken_and_one_with_seats_is_not() -> None:
    service = ServiceRules(60, capacity=2)
    for seats, code in ((1, None), (0, "full")):
        sessions = [SessionSeats(on_monday("09:00"), seats)]
        calendar = Calendar(default_schedule("UTC"), busy=[occupied(service, on_monday("09:00"))], sessions=sessions)
        assert refusals.refusal(service, calendar, on_monday("09:00"), now=NOW) == code


def test_what_staff_cannot_override_is_a_time_that_is_not_free() -> None:
    service = ServiceRules(60, buffer_before_minutes=10)
    assert refusals.taken(service, OFFICE, on_monday("11:05")) == "buffer"
    assert refusals.taken(service, OFFICE, on_monday("11:10")) is None
    assert refusals.taken(service, OFFICE, on_monday("03:00")) is None
