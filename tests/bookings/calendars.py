"""Random services, calendars and questions, near the days when clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, Period, ServiceRules, SessionSeats, occupied
from bookings.rules.limits import Engagement, Limit
from bookings.rules.resources import ResourceCalendar
from professionals.rules.working_hours import ALWAYS, Dates, Schedule, WeeklyWindow
from tests.bookings.slot_reference import MINUTE, Reference
from tests.professionals.schedules import schedules

SERVICES = st.builds(
    ServiceRules,
    duration_minutes=st.sampled_from([1, 30, 45, 60]) | st.integers(1, 150),
    slot_interval_minutes=st.none() | st.sampled_from([5, 7, 15, 30, 60]),
    buffer_before_minutes=st.sampled_from([0, 0, 5, 20]),
    buffer_after_minutes=st.sampled_from([0, 0, 5, 20]),
    min_notice_minutes=st.sampled_from([0, 0, 30, 90]),
    horizon_days=st.sampled_from([None, None, 0, 1, 2]),
    capacity=st.integers(1, 3),
    slot_offset_minutes=st.sampled_from([0, 0, 5, 45]),
)


class Question(NamedTuple):
    service: ServiceRules
    calendar: Calendar
    now: datetime
    since: datetime
    until: datetime


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """What can be booked of a service in up to a day, with the answer's every rule at play."""
    service = draw(SERVICES)
    schedule, around = draw(schedules() | schedules(whole=True))
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    since = midnight + timedelta(seconds=draw(st.integers(-90_000, 90_000)))
    until = since + timedelta(minutes=draw(st.integers(600, 1500)))
    now = since + timedelta(seconds=draw(st.integers(-100_000, 20_000)))
    service = replace(service, bookable=draw(st.just(ALWAYS) | _dates(around)))
    empty = Calendar(schedule)
    grid = Reference(service, empty, since, since, until).starts(since, until)
    sessions = draw(st.lists(st.sampled_from(grid), max_size=3, unique=True)) if grid else []
    busy = draw(periods(since)) + [occupied(service, start) for start in sessions]
    seats = [SessionSeats(start, draw(st.integers(0, 2))) for start in sessions]
    needs, limits = draw(_needs(since, around)), draw(_limits(since))
    attended = draw(
        st.none() | st.just([*busy[: len(busy) // 2], *(_without_buffers(service, start) for start in sessions)])
    )
    calendar = Calendar(schedule, draw(periods(since)), busy, seats, needs, limits, attended)
    return Question(service, calendar, now, since, until)


def _without_buffers(service: ServiceRules, start: datetime) -> Period:
    return Interval(start, start + service.duration_minutes * MINUTE)


def _dates(around: date) -> st.SearchStrategy[Dates]:
    days = st.integers(-2, 3).map(lambda offset: around + timedelta(days=offset))
    return st.tuples(days, days).map(lambda two: Dates(min(two), max(two)))


@st.composite
def _needs(draw: st.DrawFn, since: datetime, around: date) -> list[tuple[ResourceCalendar, ...]]:
    """Up to two needs of up to two of three resources, which they may have in common."""
    hours = [(day, 0, 1440) for day in range(7)] if draw(st.booleans()) else [(around.weekday(), 480, 1080)]
    open_ = Schedule("Asia/Kathmandu", tuple(WeeklyWindow(*window) for window in hours))
    always_or_not = st.sampled_from([None, open_])
    there = [
        ResourceCalendar(UUID(int=number), draw(always_or_not), draw(periods(since)), draw(periods(since)))
        for number in range(3)
    ]
    numbers = draw(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True), max_size=2))
    return [tuple(there[number] for number in need) for need in numbers]


@st.composite
def _limits(draw: st.DrawFn, since: datetime) -> list[Limit]:
    minute = since.replace(second=0, microsecond=0)
    starts = st.integers(-3000, 3000).map(lambda offset: minute + offset * MINUTE)
    engagements = draw(st.lists(st.builds(Engagement, starts, st.integers(1, 90)), max_size=4))
    kinds = st.builds(
        Limit,
        st.sampled_from(["day", "week", "month"]),
        st.none() | st.integers(0, 4),
        st.none() | st.integers(0, 300),
        st.just(engagements),
    )
    return draw(st.lists(kinds, max_size=1))


@st.composite
def periods(draw: st.DrawFn, since: datetime) -> list[Period]:
    """Up to four periods, some of them empty, on whole minutes."""
    minute = since.replace(second=0, microsecond=0)
    spans = draw(st.lists(st.tuples(st.integers(-200, 1700), st.integers(0, 200)), max_size=4))
    return [Interval(minute + start * MINUTE, minute + (start + length) * MINUTE) for start, length in spans]
