"""What is in a professional's week: free starts, bookings with their buffers, time off, closed hours, and now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from authspine.demo.calendar import layout, reasons
from authspine.demo.calendar.choice import Choice
from authspine.demo.calendar.layout import Grid, Span
from authspine.demo.calendar.reasons import DayReasons
from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from authspine.orchestrator import bookings as journeys
from bookings import queries as booking_queries
from bookings.queries.slots import Availability, Slot
from bookings.queries.weeks import Engagement
from professionals import queries as professional_queries
from professionals.models import Professional
from professionals.rules import working_hours

# How far the calendar looks ahead for the first free time.
LOOK_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True)
class Seating:
    """A session as a block: who sits in it, and the free seat that can be taken, if there is one."""

    engagement: Engagement
    free: Slot | None

    @property
    def first(self) -> Any:
        return self.engagement.bookings[0]

    @property
    def is_class(self) -> bool:
        return self.engagement.session.capacity > 1


@dataclass(frozen=True)
class Week:
    """A week that is ready to be drawn, and the ways out of it."""

    monday: date
    sunday: date
    previous: date
    next: date
    grid: Grid
    free: int
    next_free: date | None
    reasons: list[DayReasons]


def read(choice: Choice, *, zone: ZoneInfo, now: datetime) -> Week | None:
    """The week that was asked for, else the one with the next free start; None where there is nobody to have one.

    A fixed number of statements.
    """
    if not choice.whose:
        return None
    ahead = [] if choice.day else _free(choice, now, now + LOOK_AHEAD, zone)
    first = times.local_date(ahead[0].starts_at if ahead else now, zone)
    monday = layout.week_of(choice.day or first)
    since, until = layout.bounds(monday, zone)
    week = _explained(choice, since, until, zone)
    free = week.slots if week else []
    later = [] if free else _free(choice, max(until, now), max(until, now) + LOOK_AHEAD, zone)
    spans = [*_spans(choice.professional, free, since, until, step=_step(choice), now=now), Span("now", now, now)]
    return Week(
        monday=monday,
        sunday=monday + timedelta(days=6),
        previous=monday - timedelta(days=7),
        next=monday + timedelta(days=7),
        grid=layout.lay_out(monday, zone, spans, now=now),
        free=len(free),
        next_free=times.local_date(later[0].starts_at, zone) if later else None,
        reasons=reasons.told(week, zone) if week else [],
    )


def _free(choice: Choice, since: datetime, until: datetime, zone: ZoneInfo) -> list[Slot]:
    if choice.service is None:
        return []
    return _availability(choice, since, until, zone).slots


def _explained(choice: Choice, since: datetime, until: datetime, zone: ZoneInfo) -> Availability | None:
    """With the reasons in a week that is somebody's: of several people each would have one of their own."""
    return _availability(choice, since, until, zone, explain=not choice.anybody) if choice.service else None


def _availability(
    choice: Choice, since: datetime, until: datetime, zone: ZoneInfo, *, explain: bool = False
) -> Availability:
    services = [choice.service.id] if choice.service else []
    who = [choice.professional.id] if choice.professional else []
    return journeys.availability(
        services=services, professionals=who, from_at=since, to_at=until, timezone=zone.key, explain=explain
    )


def _step(choice: Choice) -> timedelta:
    """How far apart the service's starts are."""
    service = choice.service
    return timedelta(minutes=(service.slot_interval_minutes or service.duration_minutes) if service else layout.GRID)


def _spans(
    professional: Professional | None,
    free: list[Slot],
    since: datetime,
    until: datetime,
    *,
    step: timedelta,
    now: datetime,
) -> Iterator[Span]:
    """Of a professional all there is; where anybody will do, the free starts alone."""
    seats = {slot.starts_at: slot for slot in free}
    if professional:
        yield from _taken(professional, seats, since, until, now=now)
    for slot in seats.values():
        yield Span("free", slot.starts_at, min(slot.ends_at, slot.starts_at + step), slot)


def _taken(
    professional: Professional, seats: dict[datetime, Slot], since: datetime, until: datetime, *, now: datetime
) -> Iterator[Span]:
    """What is not free; a free seat of a class is taken out of `seats`, since it is drawn with its class."""
    engagements = booking_queries.agenda(professional.id, since, until, now=now)
    for engagement in engagements:
        session = engagement.session
        joinable = seats.pop(session.starts_at, None)
        yield Span("booked", session.starts_at, session.ends_at, Seating(engagement, joinable))
        yield from _buffers(engagement)
    for period in professional_queries.time_off_between([professional.id], since, until):
        yield Span("away", max(period.starts_at, since), min(period.ends_at, until), period)
    yield from _closed(professional, since, until)


def _buffers(engagement: Engagement) -> Iterator[Span]:
    session = engagement.session
    for start, end in (
        (engagement.occupied_from, session.starts_at),
        (session.ends_at, engagement.occupied_until),
    ):
        if start < end:
            yield Span("buffer", start, end)


def _closed(professional: Professional, since: datetime, until: datetime) -> Iterator[Span]:
    """What of the week is outside working hours."""
    schedule = booking_queries.schedule(professional, since, until)
    week = Interval(times.ticks(since), times.ticks(until))
    for start, end in intervals.subtract([week], working_hours.working_ticks(schedule, *week)):
        yield Span("closed", times.from_ticks(start), times.from_ticks(end))
