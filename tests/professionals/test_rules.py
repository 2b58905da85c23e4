"""Working hours: by cases on the days when clocks change, and against a reference that walks minute by minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authspine.kernel import times
from authspine.kernel.intervals import Interval
from authspine.kernel.times import parse_instant
from professionals.rules import verification
from professionals.rules.working_hours import (
    Dates,
    Override,
    Place,
    Schedule,
    Travel,
    WeeklyWindow,
    clock_of,
    default_schedule,
    minutes_of,
    windows_between,
    working_ticks,
)
from tests.bookings.slot_reference import minutes_in
from tests.professionals.schedules import openings_of, schedules, windows_of

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@pytest.mark.parametrize(("clock", "minutes"), [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)])
def test_a_time_of_day_is_a_minute(clock: str, minutes: int) -> None:
    assert minutes_of(clock) == minutes
    assert clock_of(minutes) == clock


@pytest.mark.parametrize(
    "clock", ["9:00", "24:01", "25:00", "09:60", "0900", "09:00:00", "", "٠٩:٠٠", "09:00\n", None, 540]
)
def test_anything_else_is_no_time_of_day(clock: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        minutes_of(clock)


@pytest.mark.parametrize("window", [(7, 0, 60), (-1, 0, 60), (0, 1440, 60), (0, -1, 60), (0, 0, 1441), (0, 0, -1)])
def test_a_window_out_of_range_is_refused(window: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="lies between"):
        WeeklyWindow(*window)


@pytest.mark.parametrize(
    "faulty",
    [
        lambda: Schedule("Mars/Phobos"),
        lambda: Schedule("UTC", tuple(WeeklyWindow(0, 0, 60) for _ in range(51))),
        lambda: Schedule("UTC", (), tuple(Override(date(2027, 1, 1) + timedelta(days=n)) for n in range(1001))),
        lambda: Schedule("UTC", (), (Override(date(2027, 1, 1)), Override(date(2027, 1, 1)))),
        lambda: Override(date(2027, 1, 1), ((1440, 0),)),
        lambda: Override(date(2027, 1, 1), ((0, 60),) * 51),
        lambda: Override(date(9999, 12, 31)),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(faulty: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        faulty()


def test_limits_themselves_are_allowed() -> None:
    weekly = tuple(WeeklyWindow(day % 7, 0, 60) for day in range(50))
    overrides = tuple(Override(date(2027, 1, 1) + timedelta(days=number)) for number in range(1000))
    assert len(Schedule("UTC", weekly, overrides).overrides) == 1000


def test_a_new_professional_works_office_hours() -> None:
    schedule = default_schedule("Europe/Berlin")
    assert hours_of(schedule, date(2026, 12, 4), days=4) == [
        ("2026-12-04T08:00:00Z", "2026-12-04T16:00:00Z"),
        ("2026-12-07T08:00:00Z", "2026-12-07T16:00:00Z"),
    ]


def hours_of(schedule: Schedule, first: date, *, days: int) -> list[tuple[str, str]]:
    """The windows that touch so many UTC days, as people write instants."""
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    found = windows_between(schedule, since, since + timedelta(days=days))
    return [(f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}") for start, end in found]


@pytest.mark.parametrize(
    ("zone", "on", "span", "start", "end"),
    [
        # Put forward inside the window: an hour less of real time. Put back: an hour more.
        ("Europe/Berlin", date(2027, 3, 28), ("00:00", "06:00"), "2027-03-27T23:00:00Z", "2027-03-28T04:00:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), ("00:00", "06:00"), "2026-10-24T22:00:00Z", "2026-10-25T05:00:00Z"),
        # An edge inside the gap is the jump; an edge shown twice is the first.
        ("Europe/Berlin", date(2027, 3, 28), ("02:30", "04:00"), "2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z"),
        ("Europe/Berlin", date(2027, 3, 28), ("01:00", "02:30"), "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), ("02:30", "03:30"), "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), ("02:00", "02:30"), "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"),
        ("America/New_York", date(2026, 11, 1), ("00:30", "02:00"), "2026-11-01T04:30:00Z", "2026-11-01T07:00:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), ("01:00", "03:00"), "2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z"),
        ("Australia/Lord_Howe", date(2027, 4, 4), ("01:00", "03:00"), "2027-04-03T14:00:00Z", "2027-04-03T16:30:00Z"),
        # Midnight itself is skipped, or shown twice.
        ("America/Sao_Paulo", date(2018, 11, 4), ("00:00", "03:00"), "2018-11-04T03:00:00Z", "2018-11-04T05:00:00Z"),
        ("America/Sao_Paulo", date(2018, 2, 17), ("22:00", "24:00"), "2018-02-18T00:00:00Z", "2018-02-18T03:00:00Z"),
        ("Africa/Cairo", date(2026, 10, 29), ("20:00", "24:00"), "2026-10-29T17:00:00Z", "2026-10-29T22:00:00Z"),
        ("Africa/Cairo", date(2027, 4, 30), ("00:30", "02:00"), "2027-04-29T22:00:00Z", "2027-04-29T23:00:00Z"),
        # The whole day; a day and a night; past midnight, over the change.
        ("Europe/Berlin", date(2027, 3, 28), ("00:00", "24:00"), "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"),
        ("Europe/Berlin", date(2027, 3, 28), ("00:00", "00:00"), "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"),
        ("Europe/Berlin", date(2027, 3, 27), ("22:00", "04:00"), "2027-03-27T21:00:00Z", "2027-03-28T02:00:00Z"),
        # The night before the day that never was ends where that day would have begun.
        ("Pacific/Apia", date(2011, 12, 29), ("22:00", "02:00"), "2011-12-30T08:00:00Z", "2011-12-30T10:00:00Z"),
    ],
)
def test_a_window_lasts_real_time(zone: str, on: date, span: tuple[str, str], start: str, end: str) -> None:
    ranges = ((minutes_of(span[0]), minutes_of(span[1])),)
    found = windows_between(Schedule(zone, (), (Override(on, ranges),)), at(start) - timedelta(days=2), at(end))
    assert found == [Interval(at(start), at(end))]


def at(text: str) -> datetime:
    return parse_instant(text)


@pytest.mark.parametrize(
    ("zone", "on", "span"),
    [
        ("Europe/Berlin", date(2027, 3, 28), (120, 180)),
        ("Europe/Berlin", date(2027, 3, 28), (125, 130)),
        ("Pacific/Apia", date(2011, 12, 30), (540, 1020)),
    ],
)
def test_a_window_wholly_inside_a_gap_does_not_exist(zone: str, on: date, span: tuple[int, int]) -> None:
    schedule = Schedule(zone, (), (Override(on, (span,)),))
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    assert windows_between(schedule, noon - timedelta(days=3), noon + timedelta(days=3)) == []


def test_an_override_replaces_what_starts_on_its_date_and_nothing_else() -> None:
    nights = tuple(WeeklyWindow(day, 22 * 60, 6 * 60) for day in range(7))
    closed = Schedule("UTC", nights, (Override(date(2027, 1, 2)),))
    assert hours_of(closed, date(2027, 1, 2), days=2) == [
        ("2027-01-01T22:00:00Z", "2027-01-02T06:00:00Z"),  # belongs to the first of January
        ("2027-01-03T22:00:00Z", "2027-01-04T06:00:00Z"),
    ]
    other = Schedule("UTC", nights, (Override(date(2027, 1, 2), ((600, 660), (540, 570))),))
    assert hours_of(other, date(2027, 1, 2), days=1)[1:] == [
        ("2027-01-02T09:00:00Z", "2027-01-02T09:30:00Z"),
        ("2027-01-02T10:00:00Z", "2027-01-02T11:00:00Z"),
    ]


def test_only_windows_that_overlap_the_range_are_given_and_whole() -> None:
    schedule = Schedule("UTC", (WeeklyWindow(SATURDAY, 9 * 60, 17 * 60),))  # 2027-01-02
    window = [Interval(at("2027-01-02T09:00:00Z"), at("2027-01-02T17:00:00Z"))]
    assert windows_between(schedule, at("2027-01-02T10:00:00Z"), at("2027-01-02T10:01:00Z")) == window
    assert windows_between(schedule, at("2027-01-02T17:00:00Z"), at("2027-01-03T00:00:00Z")) == []
    assert windows_between(schedule, at("2027-01-02T00:00:00Z"), at("2027-01-02T09:00:00Z")) == []
    assert windows_between(schedule, at("2027-01-02T12:00:00Z"), at("2027-01-02T12:00:00Z")) == []


def test_a_window_of_tomorrow_counts_while_the_clock_shows_yesterday_again() -> None:
    """In Newfoundland the clock went from 00:01 back to 23:01 of the day before, at 02:31 in UTC."""
    schedule = Schedule("America/St_Johns", (WeeklyWindow(SUNDAY, 0, 180),))
    found = windows_between(schedule, at("2010-11-07T02:40Z"), at("2010-11-07T02:50Z"))
    assert found == [Interval(at("2010-11-07T02:30Z"), at("2010-11-07T06:30Z"))]


def test_touching_and_overlapping_windows_keep_their_own_grids() -> None:
    schedule = Schedule(
        "UTC", (WeeklyWindow(MONDAY, 540, 720), WeeklyWindow(MONDAY, 720, 800), WeeklyWindow(MONDAY, 550, 600))
    )
    assert len(hours_of(schedule, date(2027, 1, 4), days=1)) == 3


@settings(max_examples=200)
@given(schedules() | schedules(whole=True), st.integers(-3000, 3000), st.integers(0, 4000))
def test_windows_are_those_of_the_reference(drawn: tuple[Schedule, date], offset: int, minutes: int) -> None:
    schedule, around = drawn
    since = datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(minutes=offset)
    until = since + timedelta(minutes=minutes)
    expected = [
        window
        for window in windows_of(schedule, since, until)
        if window.start < until and since < window.end and window.start < window.end and since < until
    ]
    assert windows_between(schedule, since, until) == sorted(expected)


def test_a_window_holds_on_its_dates_alone() -> None:
    january = Dates(date(2027, 1, 4), date(2027, 1, 31))
    schedule = Schedule("UTC", (WeeklyWindow(MONDAY, 540, 600, january),))
    assert [start[:10] for start, _ in hours_of(schedule, date(2026, 12, 20), days=60)] == [
        "2027-01-04",
        "2027-01-11",
        "2027-01-18",
        "2027-01-25",
    ]


def test_a_place_has_its_own_clock_and_so_has_a_journey() -> None:
    tokyo = Place(UUID(int=1), "Asia/Tokyo")
    weekly = (WeeklyWindow(MONDAY, 540, 600, place=tokyo), WeeklyWindow(MONDAY, 540, 600))
    away = Travel(Dates(date(2027, 1, 4), date(2027, 1, 10)), "America/New_York")
    found = hours_of(Schedule("Europe/Berlin", weekly, travels=(away,)), date(2027, 1, 4), days=8)
    assert [start for start, _ in found] == [
        "2027-01-04T00:00:00Z",  # in Tokyo
        "2027-01-04T14:00:00Z",  # in New York
        "2027-01-11T00:00:00Z",
        "2027-01-11T08:00:00Z",  # at home again
    ]


def test_no_weekly_window_starts_on_a_holiday_and_an_override_opens_it() -> None:
    new_year, monday = date(2027, 1, 1), date(2027, 1, 4)
    weekly = tuple(WeeklyWindow(day, 540, 600) for day in range(7))
    kept = Schedule("UTC", weekly, (Override(monday, ((600, 660),)),), holidays=frozenset({new_year, monday}))
    assert [start for start, _ in hours_of(kept, new_year, days=4)] == [
        "2027-01-02T09:00:00Z",
        "2027-01-03T09:00:00Z",
        "2027-01-04T10:00:00Z",
    ]


def test_a_closure_cuts_windows_where_it_lies_and_leaves_other_places_alone() -> None:
    night = WeeklyWindow(MONDAY, 22 * 60, 4 * 60)
    tuesday = Dates(date(2027, 1, 5), date(2027, 1, 5))
    at_place = Place(UUID(int=1), "UTC", (Dates(date(2027, 1, 4), date(2027, 1, 4)),))
    day = times.ticks(at("2027-01-04T00:00:00Z"))
    found = working_ticks(Schedule("UTC", (night,), closed=(tuesday,)), day, day + 2 * 1440 * times.MINUTE)
    assert [(times.from_ticks(start).hour, times.from_ticks(end).hour) for start, end in found] == [(22, 0)]
    both = (WeeklyWindow(MONDAY, 540, 720), WeeklyWindow(MONDAY, 600, 780, place=at_place))
    found = working_ticks(Schedule("UTC", both), day, day + 1440 * times.MINUTE)
    assert [(times.from_ticks(start).hour, times.from_ticks(end).hour) for start, end in found] == [(9, 12)]


@settings(max_examples=100)
@given(schedules(whole=True), st.integers(-1500, 1500), st.integers(0, 2000))
def test_working_time_is_that_of_the_reference(drawn: tuple[Schedule, date], offset: int, minutes: int) -> None:
    schedule, around = drawn
    since = datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(minutes=offset)
    until = since + timedelta(minutes=minutes)
    expected = set()
    for window, closed, is_holiday in openings_of(schedule, since, until):
        if not is_holiday:
            expected |= set(minutes_in(*window)) - {minute for span in closed for minute in minutes_in(*span)}
    found = working_ticks(schedule, times.ticks(since), times.ticks(until))
    shown = {minute for start, end in found for minute in minutes_in(times.from_ticks(start), times.from_ticks(end))}
    asked = set(minutes_in(since, until))
    assert shown & asked == expected & asked


@pytest.mark.parametrize(
    ("requires", "verified", "may"),
    [(True, True, True), (True, False, False), (False, True, True), (False, False, True)],
)
def test_only_a_verified_professional_is_booked_where_that_is_demanded(
    requires: bool, verified: bool, may: bool
) -> None:
    verified_at = at("2026-01-01T00:00:00Z") if verified else None
    assert verification.may_take_bookings(requires_verification=requires, verified_at=verified_at) is may
