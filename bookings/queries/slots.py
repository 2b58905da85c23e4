"""Which starts can be booked, for whom, and why one cannot."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from authspine.kernel import times
from bookings.errors import (
    REFUSALS,
    NotOffered,
    ProfessionalUnverified,
    RangeTooLong,
    ServiceInactive,
    SlotTaken,
    TooManySlots,
)
from bookings.queries.calendars import calendars, rules_of
from bookings.rules import refusals, slots
from bookings.rules.calendar import Calendar
from professionals.rules import verification
from services.models import Service

LONGEST_RANGE = timedelta(days=92)
# An answer stays an answer: more than 92 days of a hundred calendars in quarter hours, and some ten megabytes.
MOST_OFFERS = 300_000  # of a time by a professional
MOST_SLOTS = 20_000
MOMENT = timedelta(microseconds=1)


@dataclass
class Slot:
    """A start that can be booked, with the professionals who are free for it and the seats they have together."""

    starts_at: datetime
    ends_at: datetime
    seats: dict[UUID, int] = field(default_factory=dict)  # by professional

    @property
    def professionals(self) -> list[UUID]:
        return list(self.seats)

    @property
    def seats_left(self) -> int:
        return sum(self.seats.values())

    def offer(self, professional: UUID, seats: int) -> None:
        """Two services of one professional at one time are one offer: only one of them can be had."""
        self.seats[professional] = max(seats, self.seats.get(professional, 0))


@dataclass(frozen=True)
class Availability:
    """Bookable slots by local date of the zone that is named."""

    timezone: str
    days: list[tuple[date, list[Slot]]]


def available(
    services: Sequence[Service], from_at: datetime, to_at: datetime, *, timezone: str, now: datetime
) -> Availability:
    """Bookable slots of these services with `from_at <= start < to_at`, in a fixed number of statements.

    Raises RangeTooLong, TooManySlots. Services that are withdrawn, and professionals who may not be booked, have none.
    """
    if to_at - from_at > LONGEST_RANGE:
        raise RangeTooLong
    offered = [service for service in services if service.active and may_be_booked(service)]
    found: dict[tuple[datetime, datetime], Slot] = {}
    offers = 0
    for service, calendar in _with_calendars(offered, from_at, to_at, now=now):
        ticks = slots.bookable_ticks(rules_of(service), calendar, now=now, since=from_at, until=to_at)
        offers += len(ticks)
        if offers > MOST_OFFERS or len(ticks) > MOST_SLOTS:
            raise TooManySlots
        _offer(found, service, calendar, ticks)
        if len(found) > MOST_SLOTS:
            raise TooManySlots
    return Availability(timezone, _by_date([found[key] for key in sorted(found)], timezone))


def _offer(
    found: dict[tuple[datetime, datetime], Slot], service: Service, calendar: Calendar, ticks: Sequence[int]
) -> None:
    """Add one service's starts. A session that somebody sits in already keeps its own end and seats."""
    sessions = {session.starts_at: session for session in calendar.sessions}
    lasting = timedelta(minutes=service.duration_minutes)
    for start in map(times.from_ticks, ticks):
        session = sessions.get(start)
        key = (start, session.ends_at if session and session.ends_at else start + lasting)
        seats = session.seats_left if session else service.capacity
        found.setdefault(key, Slot(*key)).offer(service.professional_id, seats)


def _with_calendars(
    services: Sequence[Service], since: datetime, until: datetime, *, now: datetime
) -> list[tuple[Service, Calendar]]:
    known = calendars(services, since, until, now=now) if services else {}
    return [(service, known[service.id]) for service in services]


def _by_date(found: list[Slot], timezone: str) -> list[tuple[date, list[Slot]]]:
    where = times.zone(timezone)
    days: defaultdict[date, list[Slot]] = defaultdict(list)
    for slot in found:
        days[times.local_date(slot.starts_at, where)].append(slot)
    return list(days.items())


def may_be_booked(service: Service) -> bool:
    """Whether the professional has not left and is verified where the vertical demands it."""
    professional = service.professional
    return professional.deleted_at is None and verification.may_take_bookings(
        requires_verification=professional.vertical.requires_verification, verified_at=professional.verified_at
    )


def check_offer(service: Service, *, professional: UUID | None) -> None:
    """Raise NotOffered, ServiceInactive or ProfessionalUnverified when the service cannot be booked at all."""
    if professional is not None and professional != service.professional_id:
        raise NotOffered
    if not service.active or service.professional.deleted_at is not None:
        raise ServiceInactive
    if not may_be_booked(service):
        raise ProfessionalUnverified


def check_start(service: Service, starts_at: datetime, *, now: datetime, override: bool = False) -> None:
    """Raise the 409 of the first rule that forbids this start; with `override` only a taken time does.

    Expects the calendar's lock, under which no lapsed hold is left.
    """
    rules = rules_of(service)
    calendar = calendars([service], starts_at, starts_at + MOMENT, now=now, swept=True)[service.id]
    if override:
        if refusals.is_taken(rules, calendar, starts_at):
            raise SlotTaken
        return
    if code := refusals.refusal(rules, calendar, starts_at, now=now):
        raise REFUSALS[code]
