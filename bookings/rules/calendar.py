"""What slots are decided on: the service's own rules, and what is known of a professional's time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from authspine.kernel import times
from authspine.kernel.intervals import Interval
from authspine.kernel.times import MINUTE
from bookings.rules.limits import Limit
from bookings.rules.resources import Need, Wanted
from professionals.rules.working_hours import ALWAYS, Dates, Schedule

type Span = Interval[int]  # of ticks
type Period = Interval[datetime]

# Beyond any horizon in use; keeps the last date within the calendar.
MAX_HORIZON_DAYS = 36_500
LAST_DATE = date(times.LAST_YEAR, 12, 31)


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
    slot_offset_minutes: int = 0
    bookable: Dates = ALWAYS  # local dates

    def __post_init__(self) -> None:
        least_one = (self.duration_minutes, self.slot_interval_minutes or self.duration_minutes, self.capacity)
        buffers = (self.buffer_before_minutes, self.buffer_after_minutes)
        least_zero = (*buffers, self.min_notice_minutes, self.slot_offset_minutes)
        if min(least_one) < 1 or min(least_zero) < 0 or (self.horizon_days or 0) < 0 or self.slot_interval_minutes == 0:
            raise ValueError(
                "durations, steps and capacities are 1 or more, buffers, notice, offset and horizon 0 or more"
            )

    @property
    def duration(self) -> int:
        return self.duration_minutes * MINUTE

    @property
    def step(self) -> int:
        return (self.slot_interval_minutes or self.duration_minutes) * MINUTE

    @property
    def offset(self) -> int:
        return self.slot_offset_minutes * MINUTE

    @property
    def before(self) -> int:
        return self.buffer_before_minutes * MINUTE

    @property
    def after(self) -> int:
        return self.buffer_after_minutes * MINUTE

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.duration, self.before, self.after)

    @property
    def notice(self) -> int:
        return self.min_notice_minutes * MINUTE


class SessionSeats(NamedTuple):
    """A live session (its occupancy is active) of the same service and professional."""

    starts_at: datetime
    seats_left: int
    # Only told where they are shown or joined.
    ends_at: datetime | None = None
    session: UUID | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of a professional: hours, time off, occupied ranges (buffers included), sessions of the service.

    `time_off`, `busy` and the resources of `needs` must cover at least `reach` of what is asked, and the engagements of
    `limits` all of the local days, weeks or months that it touches; their order does not matter. `attended` is what of
    the occupied ranges is no buffer, for those who explain.
    """

    schedule: Schedule
    time_off: Sequence[Period] = ()
    busy: Sequence[Period] = ()
    sessions: Sequence[SessionSeats] = ()
    needs: Sequence[Need] = ()
    limits: Sequence[Limit] = ()
    attended: Sequence[Period] | None = None  # all of it, if None

    @property
    def booked(self) -> Sequence[Period]:
        """The occupied ranges without their buffers."""
        return self.busy if self.attended is None else self.attended


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
    if service.horizon_days is None:
        return min(service.bookable.last, LAST_DATE)
    ahead = timedelta(days=min(service.horizon_days, MAX_HORIZON_DAYS))
    return min(times.local_date(times.from_ticks(now), where) + ahead, service.bookable.last)
