"""Which starts can be booked, with whom, and why the others cannot."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from authspine.kernel import times
from bookings.errors import RangeTooLong, TooManySlots
from bookings.queries.calendars import calendars
from bookings.queries.offered import Offered
from bookings.rules import explanations, slots
from bookings.rules.calendar import Calendar
from bookings.rules.refusals import Rule

LONGEST_RANGE = timedelta(days=92)
# An answer stays an answer: more than 92 days of a hundred calendars in quarter hours, and some ten megabytes.
MOST_OFFERS = 300_000  # of a time by a professional
MOST_SLOTS = 20_000
A_WEEK = timedelta(days=7)


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
        if self.seats.setdefault(professional, seats) < seats:
            self.seats[professional] = seats


class Unbookable(NamedTuple):
    """A point of somebody's grid that cannot be booked, and the first rule that forbids it."""

    starts_at: datetime
    ends_at: datetime
    professional: UUID
    service: UUID
    rule: Rule


@dataclass
class Day:
    """A local date with its bookable slots and, where it was asked, the points of the grid that are none."""

    date: date
    slots: list[Slot] = field(default_factory=list)
    unbookable: list[Unbookable] = field(default_factory=list)


@dataclass(frozen=True)
class Availability:
    """Days of the zone that is named, those with anything to tell, ascending."""

    timezone: str
    days: list[Day]

    @property
    def slots(self) -> list[Slot]:
        """All of them, ascending."""
        return [slot for day in self.days for slot in day.slots]


@dataclass(frozen=True)
class Asked:
    """Starts with `since <= start < until`, or the first so many of them; the reasons for the others, if wanted."""

    since: datetime
    until: datetime
    timezone: str
    first_free: int | None = None
    explain: bool = False


def available(offers: Sequence[Offered], asked: Asked, *, now: datetime) -> Availability:
    """What can be booked of these offers: two statements, whatever is asked.

    Services that are withdrawn, and professionals who may not be booked, have no slots. Raises RangeTooLong,
    TooManySlots.
    """
    if asked.until - asked.since > LONGEST_RANGE:
        raise RangeTooLong
    known = list(zip(offers, calendars(offers, asked.since, asked.until, now=now), strict=True))
    sold = [(one, calendar) for one, calendar in known if one.is_offered and one.is_verified]
    days = _Days(asked.timezone)
    days.add_slots(_first(sold, asked, now) if asked.first_free else _slots(sold, asked.since, asked.until, now))
    if asked.explain:
        days.add_unbookable(_unbookable(known, asked, now))
    return Availability(asked.timezone, days.ascending())


type Known = Sequence[tuple[Offered, Calendar]]
type Ends = tuple[int, int]  # in ticks


def _slots(known: Known, since: datetime, until: datetime, now: datetime) -> list[Slot]:
    """Ascending. Raises TooManySlots."""
    found: dict[Ends, Slot] = {}
    offers = 0
    for one, calendar in known:
        ticks = slots.bookable_ticks(one.rules, calendar, now=now, since=since, until=until)
        offers += len(ticks)
        if offers > MOST_OFFERS or len(ticks) > MOST_SLOTS:
            raise TooManySlots
        _offer(found, one, calendar, ticks)
        if len(found) > MOST_SLOTS:
            raise TooManySlots
    return [found[key] for key in sorted(found)]


def _first(known: Known, asked: Asked, now: datetime) -> list[Slot]:
    """The first so many slots: a week at a time, until there are enough."""
    found: list[Slot] = []
    since, wanted = asked.since, asked.first_free or 0
    while since < asked.until and len(found) < wanted:
        until = min(since + A_WEEK, asked.until)
        found += _slots(known, since, until, now)
        since = until
    return found[:wanted]


def _offer(found: dict[Ends, Slot], one: Offered, calendar: Calendar, ticks: Sequence[int]) -> None:
    """Add one offer's starts. A session that somebody sits in already keeps its own end and seats."""
    sessions = {times.ticks(session.starts_at): session for session in calendar.sessions}
    professional, capacity, lasting = one.professional_id, one.service.capacity, one.rules.duration
    for start in ticks:
        session = sessions.get(start)
        key = (start, times.ticks(session.ends_at) if session and session.ends_at else start + lasting)
        slot = found.get(key)
        if slot is None:
            slot = found[key] = Slot(times.from_ticks(start), times.from_ticks(key[1]))
        slot.offer(professional, session.seats_left if session else capacity)


def _unbookable(known: Known, asked: Asked, now: datetime) -> Iterator[Unbookable]:
    """Every candidate that is no slot, calendar by calendar. Raises TooManySlots."""
    told = 0
    for one, calendar in known:
        lasting = timedelta(minutes=one.duration_minutes)
        for start, rule in _reasons(one, calendar, asked, now):
            told += 1
            if told > MOST_SLOTS:
                raise TooManySlots
            at = times.from_ticks(start)
            yield Unbookable(at, at + lasting, one.professional_id, one.service.id, rule)


def _reasons(one: Offered, calendar: Calendar, asked: Asked, now: datetime) -> Iterable[tuple[int, Rule]]:
    if not one.is_offered:
        return ()
    span = {"now": now, "since": asked.since, "until": asked.until}
    if one.is_verified:
        return explanations.unbookable(one.rules, calendar, **span)
    points = explanations.candidates(one.rules, calendar, since=asked.since, until=asked.until)
    return ((start, Rule.PROFESSIONAL_UNVERIFIED) for start in points)


class _Days:
    """What was found, by local date."""

    def __init__(self, timezone: str) -> None:
        self._where = times.zone(timezone)
        self._days: dict[date, Day] = {}

    def _on(self, at: datetime) -> Day:
        on = times.local_date(at, self._where)
        return self._days.setdefault(on, Day(on))

    def add_slots(self, found: Iterable[Slot]) -> None:
        for slot in found:
            self._on(slot.starts_at).slots.append(slot)

    def add_unbookable(self, found: Iterable[Unbookable]) -> None:
        for point in sorted(found, key=lambda one: (one.starts_at, str(one.professional), str(one.service))):
            self._on(point.starts_at).unbookable.append(point)

    def ascending(self) -> list[Day]:
        return [self._days[on] for on in sorted(self._days)]
