"""What is known of the time of professionals and resources, for many offers at once: two statements, however many.

Holds and requests that have lapsed count as gone: their seats are free and, where nobody else sits, their time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count

from authspine.kernel.intervals import Interval
from bookings.models import LONGEST_OCCUPANCY, Booking, Occupancy
from bookings.queries.bookings import lapsed
from bookings.queries.offered import Offered
from bookings.rules.calendar import Calendar, Period, SessionSeats, reach
from bookings.rules.limits import Engagement, Limit, limits_of, period_around
from bookings.rules.resources import Need, ResourceCalendar
from professionals.rules.limits import Period as LimitPeriod

A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Lapsed:
    """How many lapsed seats a session still counts, and whether these are all it has."""

    seats: int
    everybody: bool


class Bound(NamedTuple):
    """An occupancy with its session; the names are those of the statement's columns."""

    subject: UUID
    starts_at: datetime
    ends_at: datetime
    session: UUID
    service: UUID
    professional: UUID
    session_starts_at: datetime
    session_ends_at: datetime
    capacity: int
    seats_taken: int


_COLUMNS = (
    "subject",
    "starts_at",
    "ends_at",
    "session",
    "session__service",
    "session__professional",
    "session__starts_at",
    "session__ends_at",
    "session__capacity",
    "session__seats_taken",
)


def calendars(
    offers: Sequence[Offered], since: datetime, until: datetime, *, now: datetime, swept: bool = False
) -> list[Calendar]:
    """What decides the starts of each of the offers in [since, until), in their order.

    `swept` says that the calendars' locks are held, under which what had lapsed is gone: one statement less.
    """
    if not offers:
        return []
    span = _span(offers, since, until)
    gone = {} if swept else _lapsed_seats(span, now)
    bound = _bound({subject for one in offers for subject in one.subjects}, span, gone)
    return [_calendar(one, bound, gone) for one in offers]


def _span(offers: Sequence[Offered], since: datetime, until: datetime) -> Period:
    """What can bear on these starts; where something is limited, all of the days, weeks or months they lie in."""
    spans = [reach(one.rules, since, until) for one in offers]
    start, end = min(one.start for one in spans), max(one.end for one in spans)
    for period in _limited_periods(offers):
        # A date more on both sides, since the period's midnight is local.
        start = min(start, _midnight(period_around(period, (since - A_DAY).date()).first) - A_DAY)
        end = max(end, _midnight(period_around(period, (until + A_DAY).date()).last) + 2 * A_DAY)
    return Interval(start, end)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def _limited_periods(offers: Iterable[Offered]) -> set[LimitPeriod]:
    return {
        period for one in offers for told in (one.service, one.offer.professional) for period in told.booking_limits
    }


def _lapsed_seats(span: Period, now: datetime) -> dict[UUID, Lapsed]:
    rows = (
        Booking.objects.filter(lapsed(now), session__starts_at__lt=span.end, session__ends_at__gt=span.start)
        .values_list("session", "session__seats_taken")
        .annotate(seats=Count("id"))
        .order_by()
    )
    return {session: Lapsed(seats, everybody=seats >= taken) for session, taken, seats in rows}


def _bound(subjects: Iterable[UUID], span: Period, gone: dict[UUID, Lapsed]) -> dict[UUID, list[Bound]]:
    """What occupies each, from the index of starts: nothing that began before the longest occupancy can reach in."""
    rows = Occupancy.objects.filter(
        subject__in=sorted(subjects),
        active=True,
        starts_at__gt=span.start - LONGEST_OCCUPANCY,
        starts_at__lt=span.end,
        ends_at__gt=span.start,
    ).values_list(*_COLUMNS)
    found: defaultdict[UUID, list[Bound]] = defaultdict(list)
    for row in map(Bound._make, rows):
        if not (row.session in gone and gone[row.session].everybody):
            found[row.subject].append(row)
    return found


def _calendar(one: Offered, bound: dict[UUID, list[Bound]], gone: dict[UUID, Lapsed]) -> Calendar:
    own = bound.get(one.professional_id, [])
    return Calendar(
        one.schedule,
        one.time_off,
        busy=[Interval(row.starts_at, row.ends_at) for row in own],
        sessions=[_seats(row, gone) for row in own if row.service == one.service.id],
        needs=[_with_bookings(need, bound) for need in one.needs],
        limits=_limits(one, own),
        attended=[Interval(row.session_starts_at, row.session_ends_at) for row in own],
    )


def _seats(row: Bound, gone: dict[UUID, Lapsed]) -> SessionSeats:
    given_back = gone[row.session].seats if row.session in gone else 0
    seats = row.capacity - row.seats_taken + given_back
    return SessionSeats(row.session_starts_at, seats, row.session_ends_at, row.session)


def _with_bookings(need: Sequence[ResourceCalendar], bound: dict[UUID, list[Bound]]) -> Need:
    return tuple(
        replace(one, busy=[Interval(row.starts_at, row.ends_at) for row in bound.get(one.id, [])]) for one in need
    )


def _limits(one: Offered, own: Sequence[Bound]) -> list[Limit]:
    """Those of the professional count all that they do, those of the service what they do of it."""
    everything, of_service = one.offer.professional.booking_limits, one.service.booking_limits
    if not everything and not of_service:
        return []
    return [
        *limits_of(everything, _engagements(own)),
        *limits_of(of_service, _engagements(row for row in own if row.service == one.service.id)),
    ]


def _engagements(rows: Iterable[Bound]) -> list[Engagement]:
    return [
        Engagement(row.session_starts_at, (row.session_ends_at - row.session_starts_at) // A_MINUTE) for row in rows
    ]
