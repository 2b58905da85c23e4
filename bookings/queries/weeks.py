"""Bookings by when they take place: a professional's time as a calendar shows it, and what comes next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bookings.models import LONGEST_OCCUPANCY, Booking, Occupancy, Session
from bookings.queries.bookings import listed

_GONE = (Booking.Status.CANCELLED, Booking.Status.EXPIRED, Booking.Status.DECLINED)
_OPEN = (Booking.Status.REQUESTED, Booking.Status.HELD, Booking.Status.CONFIRMED)


@dataclass(frozen=True)
class Engagement:
    """A live session, the time it takes up with its buffers, and the bookings that sit in it, in order."""

    session: Session
    occupied_from: datetime
    occupied_until: datetime
    bookings: list[Booking]


def agenda(professional_id: UUID, since: datetime, until: datetime, *, now: datetime) -> list[Engagement]:
    """What occupies the professional within [since, until), ascending; holds that have lapsed are gone.

    Two statements, however many there are.
    """
    occupancies = list(
        Occupancy.objects.filter(
            subject=professional_id,
            active=True,
            starts_at__gt=since - LONGEST_OCCUPANCY,
            starts_at__lt=until,
            ends_at__gt=since,
        )
        .select_related("session__service")
        .order_by("starts_at")
    )
    seated = _seated([occupancy.session_id for occupancy in occupancies], now)
    return [
        Engagement(occupancy.session, occupancy.starts_at, occupancy.ends_at, seated[occupancy.session_id])
        for occupancy in occupancies
        if occupancy.session_id in seated
    ]


def coming(now: datetime) -> QuerySet[Booking]:
    """Every booking that is requested, held or confirmed and still to begin, soonest first."""
    found = listed(now).filter(Q(("reads_as__in", _OPEN)), session__starts_at__gte=now)
    return found.order_by("session__starts_at", "id")


def _seated(sessions: list[UUID], now: datetime) -> dict[UUID, list[Booking]]:
    found: defaultdict[UUID, list[Booking]] = defaultdict(list)
    here = listed(now).filter(session__in=sessions).exclude(Q(("reads_as__in", _GONE)))
    for booking in here.order_by("created_at", "id"):
        found[booking.session_id].append(booking)
    return found
