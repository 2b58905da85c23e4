"""What slots are decided on: the service's own rules, and what is known of a professional's time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from authspine.kernel import times
from authspine.kernel.intervals import Interval
from authspine.kernel.times import MINUTE
from professionals.rules.working_hours import Schedule

type Span = Interval[int]  # of ticks
type Period = Interval[datetime]

# Beyond any horizon in use; keeps the last date within the calendar.
MAX_HORIZON_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """What a service asks of a slot, named as on the service. ValueError when a number makes no sense."""

    duration_minutes: int
    slot_interval_minutes: int | None = None  # the duration, if None
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    min_notice_minutes: int = 0
    horizon_days: int | None = None  # any distance, if None
    capacity: int = 1

    def __post_init__(self) -> None:
        least_one = (self.duration_minutes, self.slot_interval_minutes or self.duration_minutes, self.capacity)
        least_zero = (self.buffer_before_minutes, self.buffer_after_minutes, self.min_notice_minutes)
        if min(least_one) < 1 or min(least_zero) < 0 or (self.horizon_days or 0) < 0 or self.slot_interval_minutes == 0:
            raise ValueError("durations, intervals and capacities are 1 or more, buffers, notice and horizon 0 or more")

    @property
    def duration(self) -> int:
        return self.duration_minutes * MINUTE

    @property
    def step(self) -> int:
        return (self.slot_interval_minutes or self.duration_minutes) * MINUTE

    @property
    def before(self) -> int:
        return self.buffer_before_minutes * MINUTE

    @property
    def after(self) -> int:
        return self.buffer_after_minutes * MINUTE

    @property
    def notice(self) -> int:
        return self.min_notice_minutes * MINUTE


class SessionSeats(NamedTuple):
    """A live session (its occupancy is active) of the same service and professional."""

    starts_at: datetime
    seats_left: int
    ends_at: datetime | None = None  # only told where it is shown


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of a professional: hours, time off, occupied ranges (buffers included), sessions of the service.

    `time_off` and `busy` must cover at least `reach` of what is asked; their order does not matter.
    """

    schedule: Schedule
    time_off: Sequence[Period] = ()
    busy: Sequence[Period] = ()
    sessions: Sequence[SessionSeats] = ()


def occupied(service: ServiceRules, start: datetime) -> Period:
    """The time that a booking at `start` takes up, buffers included."""
    return Interval(
        start - timedelta(minutes=service.buffer_before_minutes),
        start + timedelta(minutes=service.duration_minutes + service.buffer_after_minutes),
    )


def reach(service: ServiceRules, since: datetime, until: datetime) -> Period:
    """The range whose time off and occupied time can bear on a start in [since, until)."""
    return Interval(occupied(service, since).start, occupied(service, until).end)


def to_spans(periods: Iterable[Period]) -> list[Span]:
    """The same periods in ticks."""
    return [Interval(times.ticks(start), times.ticks(end)) for start, end in periods]


def last_date(service: ServiceRules, now: int, where: ZoneInfo) -> date:
    """Rule 7: the last local date that may be booked at `now` (a tick)."""
    ahead = timedelta(days=min(service.horizon_days or 0, MAX_HORIZON_DAYS))
    return times.local_date(times.from_ticks(now), where) + ahead
