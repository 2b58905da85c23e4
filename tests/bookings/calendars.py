"""Random services, calendars and questions, near the days when clocks change."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, Period, ServiceRules, SessionSeats, occupied
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
    schedule, around = draw(schedules())
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    since = midnight + timedelta(seconds=draw(st.integers(-90_000, 90_000)))
    until = since + timedelta(minutes=draw(st.integers(600, 1500)))
    now = since + timedelta(seconds=draw(st.integers(-100_000, 20_000)))
    empty = Calendar(schedule)
    grid = Reference(service, empty, since, since, until).starts(since, until)
    sessions = draw(st.lists(st.sampled_from(grid), max_size=3, unique=True)) if grid else []
    busy = draw(periods(since)) + [occupied(service, start) for start in sessions]
    seats = [SessionSeats(start, draw(st.integers(0, 2))) for start in sessions]
    return Question(service, Calendar(schedule, draw(periods(since)), busy, seats), now, since, until)


@st.composite
def periods(draw: st.DrawFn, since: datetime) -> list[Period]:
    """Up to four periods, some of them empty, on whole minutes."""
    minute = since.replace(second=0, microsecond=0)
    spans = draw(st.lists(st.tuples(st.integers(-200, 1700), st.integers(0, 200)), max_size=4))
    return [Interval(minute + start * MINUTE, minute + (start + length) * MINUTE) for start, length in spans]
