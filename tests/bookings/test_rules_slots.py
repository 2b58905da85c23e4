"""Slots: each of the eight rules by cases, and all of them against the reference."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authspine.kernel import times
from authspine.kernel.intervals import Interval
from authspine.kernel.times import parse_instant
from bookings.rules import explanations, refusals, slots
from bookings.rules.calendar import Calendar, Period, ServiceRules, SessionSeats, occupied, reach
from bookings.rules.refusals import Rule
from professionals.rules.working_hours import Override, Place, Schedule, WeeklyWindow, default_schedule
from tests.bookings.calendars import Question, questions
from tests.bookings.slot_reference import Reference
from tests.kernel.zone_reference import one_of_each_change

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)  # a Friday
MONDAY = "2027-01-04"
HOUR = ServiceRules(60)


def on_monday(clock: str, end: str = "") -> datetime:
    return parse_instant(f"{MONDAY}T{clock}:00Z")


def period(start: str, end: str) -> Period:
    return Interval(on_monday(start), on_monday(end))


def offered(service: ServiceRules, calendar: Calendar, *, now: datetime = NOW, days: int = 1) -> list[str]:
    """The local clock times offered on Monday, and on the days after it."""
    since = on_monday("00:00")
    found = slots.bookable_starts(service, calendar, now=now, since=since, until=since + timedelta(days=days))
    return [f"{start:%H:%M}" for start in found]


def open_from(*ranges: tuple[int, int], zone: str = "UTC") -> Calendar:
    return Calendar(Schedule(zone, tuple(WeeklyWindow(0, start * 60, end * 60) for start, end in ranges)))


def test_a_day_at_the_office() -> None:
    calendar = Calendar(default_schedule("UTC"))
    assert offered(HOUR, calendar) == ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
    assert offered(ServiceRules(90), calendar) == ["09:00", "10:30", "12:00", "13:30", "15:00"]
    assert offered(ServiceRules(420, 30), calendar) == ["09:00", "09:30", "10:00"]
    assert offered(ServiceRules(481), calendar) == []


def test_rule_1_the_query_includes_its_start_and_not_its_end() -> None:
    ask = partial(slots.bookable_starts, HOUR, Calendar(default_schedule("UTC")), now=NOW)
    ten, noon = on_monday("10:00"), on_monday("12:00")
    assert ask(since=ten, until=noon) == [ten, on_monday("11:00")]
    assert ask(since=ten + timedelta(seconds=1), until=noon) == [on_monday("11:00")]
    assert ask(since=noon, until=ten) == []


def test_rule_3_the_day_has_an_hour_more_or_less() -> None:
    night = Calendar(Schedule("Europe/Berlin", tuple(WeeklyWindow(day, 0, 360) for day in range(7))))
    for on, hours in ((date(2027, 3, 28), 5), (date(2026, 10, 25), 7), (date(2027, 3, 29), 6)):
        since = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=4)
        ask = {"now": since, "since": since, "until": since + timedelta(hours=12)}
        assert len(slots.bookable_starts(HOUR, night, **ask)) == hours


def test_rule_4_the_grid_starts_with_each_window_and_nothing_moves_it() -> None:
    calendar = Calendar(
        Schedule("UTC", (WeeklyWindow(0, 545, 730), WeeklyWindow(0, 840, 960))), busy=[period("09:05", "09:20")]
    )
    assert offered(HOUR, calendar) == ["10:05", "11:05", "14:00", "15:00"]
    assert offered(HOUR, calendar, now=on_monday("10:06")) == ["11:05", "14:00", "15:00"]


def test_rule_4_overlapping_windows_offer_each_point_once_and_in_order() -> None:
    assert offered(ServiceRules(60, 30), open_from((9, 11), (10, 12))) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    shifted = Calendar(Schedule("UTC", (WeeklyWindow(0, 540, 660), WeeklyWindow(0, 550, 660))))
    assert offered(ServiceRules(30), shifted) == ["09:00", "09:10", "09:30", "09:40", "10:00", "10:10", "10:30"]


def test_rule_5_a_slot_may_run_from_one_window_into_the_next() -> None:
    assert offered(ServiceRules(90), open_from((9, 11), (11, 12))) == ["09:00", "10:30"]
    assert offered(ServiceRules(90), open_from((9, 11), (13, 14))) == ["09:00"]


def test_rule_5_a_slot_that_begins_before_the_query_ends_may_run_on_past_it() -> None:
    calendar = open_from((9, 10), (10, 12))
    ask = {"now": NOW, "since": on_monday("09:00"), "until": on_monday("09:01")}
    assert slots.bookable_starts(ServiceRules(180), calendar, **ask) == [on_monday("09:00")]


def test_rule_5_no_slot_overlaps_time_off_but_may_touch_it() -> None:
    calendar = Calendar(default_schedule("UTC"), time_off=[period("10:00", "11:00"), period("13:30", "13:31")])
    assert offered(HOUR, calendar) == ["09:00", "11:00", "12:00", "14:00", "15:00", "16:00"]


def test_rule_6_buffers_keep_their_distance_and_may_stick_out() -> None:
    service = ServiceRules(30, 15, buffer_before_minutes=15, buffer_after_minutes=30)
    calendar = open_from((9, 11))
    assert offered(service, calendar) == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"]
    busy = Calendar(calendar.schedule, busy=[period("10:00", "10:15")])
    assert offered(service, busy) == ["09:00", "10:30"]
    resting = Calendar(calendar.schedule, time_off=[period("10:00", "10:15")])
    assert offered(service, resting) == ["09:00", "09:15", "09:30", "10:15", "10:30"]


def test_rule_6_touching_is_not_overlapping() -> None:
    calendar = Calendar(default_schedule("UTC"), busy=[period("10:00", "11:00"), period("12:59", "13:00")])
    assert offered(HOUR, calendar) == ["09:00", "11:00", "13:00", "14:00", "15:00", "16:00"]
    touch = Calendar(default_schedule("UTC"), busy=[period("09:30", "09:30")])
    assert len(offered(HOUR, touch)) == 8
    sliver = timedelta(microseconds=1)
    grazed = Calendar(default_schedule("UTC"), busy=[Interval(on_monday("09:00"), on_monday("10:00") + sliver)])
    assert offered(HOUR, grazed)[0] == "11:00"


def test_rule_7_notice_may_be_met_exactly() -> None:
    service = ServiceRules(60, min_notice_minutes=120)
    calendar = Calendar(default_schedule("UTC"))
    assert offered(service, calendar, now=on_monday("09:00"))[0] == "11:00"
    assert offered(service, calendar, now=on_monday("09:00") + timedelta(microseconds=1))[0] == "12:00"


def test_rule_7_the_horizon_counts_local_dates() -> None:
    service = ServiceRules(60, horizon_days=3)  # Friday and three days
    assert len(offered(service, Calendar(default_schedule("UTC")), days=5)) == 8
    # In Auckland it is Saturday the 2nd already, so that the horizon is Tuesday the 5th there.
    auckland = Calendar(default_schedule("Pacific/Auckland"))
    ask = {"now": NOW, "since": NOW, "until": NOW + timedelta(days=9)}
    assert slots.bookable_starts(service, auckland, **ask)[-1] == parse_instant("2027-01-05T16:00:00+13:00")
    today = ServiceRules(60, horizon_days=0)
    assert slots.bookable_starts(today, Calendar(default_schedule("UTC")), **ask)[-1] == NOW + timedelta(hours=4)


def test_rule_7_a_last_date_that_is_shown_again_is_still_the_last_date() -> None:
    """In Newfoundland the clock went from 00:01 back to 23:01 of the day before."""
    nights = tuple(WeeklyWindow(day, 23 * 60, 60) for day in range(7))
    calendar = Calendar(Schedule("America/St_Johns", nights))
    now = parse_instant("2010-11-06T12:00:00-02:30")
    ask = {"now": now, "since": now, "until": now + timedelta(days=2)}
    found = slots.bookable_starts(ServiceRules(10, horizon_days=0), calendar, **ask)
    # From 23:00 to midnight, and from 23:10 on once more; 02:30 in UTC was midnight, the first minute of the next date.
    clocks = ["01:30", "01:40", "01:50", "02:00", "02:10", "02:20", "02:40", "02:50", "03:00", "03:10", "03:20"]
    assert [f"{start:%H:%M}" for start in found] == clocks


def test_rule_8_a_session_is_offered_while_seats_are_left() -> None:
    service = ServiceRules(60, 30, buffer_before_minutes=15, capacity=10)
    taken = [occupied(service, on_monday("10:00")), occupied(service, on_monday("14:00"))]
    sessions = [SessionSeats(on_monday("10:00"), 3), SessionSeats(on_monday("14:00"), 0)]
    calendar = Calendar(default_schedule("UTC"), busy=taken, sessions=sessions)
    assert offered(service, calendar) == ["10:00", "11:30", "12:00", "12:30", "15:30", "16:00"]
    assert "14:00" not in offered(service, Calendar(calendar.schedule, sessions=sessions))
    assert slots.seats_left(service, calendar, on_monday("10:00")) == 3
    assert slots.seats_left(service, calendar, on_monday("12:00")) == 10


def test_rule_8_a_session_with_seats_obeys_the_other_rules() -> None:
    service = ServiceRules(60, capacity=10)
    for start, now in (("08:00", NOW), ("09:30", NOW), ("10:00", on_monday("10:01"))):
        sessions = [SessionSeats(on_monday(start), 3)]
        calendar = Calendar(default_schedule("UTC"), busy=[occupied(service, on_monday(start))], sessions=sessions)
        assert start not in offered(service, calendar, now=now)


def test_windows_past_midnight_belong_to_the_date_they_start_on() -> None:
    schedule = Schedule("UTC", (WeeklyWindow(6, 22 * 60, 4 * 60),), (Override(date(2027, 1, 4)),))
    assert offered(ServiceRules(120), Calendar(schedule)) == ["00:00", "02:00"]


def test_reach_is_what_can_bear_on_a_start() -> None:
    service = ServiceRules(60, buffer_before_minutes=10, buffer_after_minutes=5)
    assert reach(service, on_monday("09:00"), on_monday("12:00")) == period("08:50", "13:05")
    assert occupied(service, on_monday("09:00")) == period("08:50", "10:05")


@pytest.mark.parametrize(
    "numbers",
    [
        (0,),
        (60, 0),
        (60, -5),
        (60, None, -1),
        (60, None, 0, -1),
        (60, None, 0, 0, -1),
        (60, None, 0, 0, 0, -1),
        (60, None, 0, 0, 0, 0, 0),
    ],
)
def test_a_service_that_makes_no_sense_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="or more"):
        ServiceRules(*numbers)  # type: ignore[arg-type]


@settings(max_examples=150)
@given(questions())
def test_the_starts_are_those_of_the_reference(question: Question) -> None:
    service, calendar, now, since, until = question
    expected = Reference(service, calendar, now, since, until).starts(since, until)
    assert slots.bookable_starts(service, calendar, now=now, since=since, until=until) == expected


def test_the_starts_are_those_of_the_reference_at_every_change_of_a_clock() -> None:
    """In one of those zones that change alike: a night, and a morning that starts at an odd time."""
    service = ServiceRules(60, 30, buffer_after_minutes=5)
    for name, on in one_of_each_change():
        weekly = [WeeklyWindow(day, *window) for day in range(7) for window in ((21 * 60, 5 * 60), (375, 600))]
        since = datetime.combine(on, time(), UTC) - timedelta(hours=12)
        until = since + timedelta(hours=48)
        calendar = Calendar(Schedule(name, tuple(weekly)), busy=[Interval(since, since + timedelta(minutes=745))])
        expected = Reference(service, calendar, since, since, until).starts(since, until)
        assert slots.bookable_starts(service, calendar, now=since, since=since, until=until) == expected, name


@settings(max_examples=40)
@given(questions(), st.integers(0, 59))
def test_a_start_is_refused_exactly_when_it_is_not_offered(question: Question, second: int) -> None:
    service, calendar, now, since, until = question
    offered = set(slots.bookable_starts(service, calendar, now=now, since=since, until=until))
    start = since.replace(second=0) + timedelta(minutes=1)
    while start < until:
        for asked in (
            {start, start + timedelta(seconds=second)} if start + timedelta(seconds=second) < until else {start}
        ):
            assert (refusals.refusal(service, calendar, asked, now=now) is None) == (asked in offered)
        start += timedelta(minutes=1)


@settings(max_examples=60)
@given(questions())
def test_every_other_point_of_the_grid_has_its_reason(question: Question) -> None:
    """Explained is what is not offered and lies on the grid, with the reason that a hold is refused for."""
    service, calendar, now, since, until = question
    offered = set(slots.bookable_ticks(service, calendar, now=now, since=since, until=until))
    told = dict(explanations.unbookable(service, calendar, now=now, since=since, until=until))
    points = set(explanations.candidates(service, calendar, since=since, until=until))
    assert told.keys() == points - offered
    for start, rule in told.items():
        assert refusals.refusal(service, calendar, times.from_ticks(start), now=now) == rule


def test_a_holiday_s_grid_has_no_point_at_which_another_place_is_open() -> None:
    """From 09:00 to 11:00 there is work at a place without the holiday: 09:15 is on the holiday's grid alone."""
    place = Place(UUID(int=1), "UTC")
    weekly = (WeeklyWindow(0, 8 * 60 + 15, 12 * 60 + 15), WeeklyWindow(0, 9 * 60, 11 * 60, place=place))
    schedule = Schedule("UTC", weekly, holidays=frozenset({date(2027, 1, 4)}))
    holiday = dict.fromkeys(map(on_monday, ("08:15", "10:15", "11:15")), Rule.HOLIDAY)
    for busy, taken in (([], {}), ([period("09:15", "10:00")], {on_monday("09:00"): Rule.BOOKED})):
        calendar = Calendar(schedule, busy=busy)
        asked = {"since": on_monday("08:00"), "until": on_monday("13:00")}
        told = explanations.unbookable(HOUR, calendar, now=NOW, **asked)
        assert {times.from_ticks(start): rule for start, rule in told} == {**holiday, **taken}
        points = [times.from_ticks(start) for start in explanations.candidates(HOUR, calendar, **asked)]
        assert points == sorted({*holiday, on_monday("09:00"), on_monday("10:00")})
        assert refusals.refusal(HOUR, calendar, on_monday("09:15"), now=NOW) == Rule.NOT_A_SLOT
