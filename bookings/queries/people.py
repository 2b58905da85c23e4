"""What the calendar has of one person: asked before they are erased, and for the receipt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from bookings.models import Booking
from bookings.queries.bookings import lapsed, stored_status
from bookings.rules.status import OPEN


@dataclass(frozen=True)
class Past:
    """How many bookings there are, when the last ends, and until when the rules of their verticals keep them."""

    count: int
    last_at: datetime | None
    kept_until: datetime | None


def lock_all_of(client_id: UUID) -> list[UUID]:
    """The bookings of a client, locked until the scope ends, in order: nobody starts a payment of them meanwhile."""
    rows = Booking.objects.filter(client=client_id).select_for_update(no_key=True)
    return list(rows.order_by("id").values_list("id", flat=True))


def client_has_any_ahead(client_id: UUID, *, now: datetime) -> bool:
    """Whether a held, requested or confirmed booking of this client is not over yet."""
    return _ahead(Booking.objects.filter(client=client_id), now).exists()


def professional_has_any_ahead(professional_id: UUID, *, now: datetime) -> bool:
    """Likewise, of what this professional is to give."""
    return _ahead(Booking.objects.filter(session__professional=professional_id), now).exists()


def _ahead(rows: QuerySet[Booking], now: datetime) -> QuerySet[Booking]:
    is_open = Q(status__in=map(stored_status, OPEN), session__ends_at__gt=now)
    return rows.filter(is_open).exclude(lapsed(now))


def past_of_client(client_id: UUID) -> Past:
    return _past(Booking.objects.filter(client=client_id))


def past_of_professional(professional_id: UUID) -> Past:
    return _past(Booking.objects.filter(session__professional=professional_id))


def _past(rows: QuerySet[Booking]) -> Past:
    by_rule = rows.order_by().values_list("vertical__data_retention_days")
    found = list(by_rule.annotate(count=Count("id"), last=Max("session__ends_at")))
    ends = [(last, last + timedelta(days=days)) for days, _, last in found]
    lasts, untils = zip(*ends, strict=True) if ends else ((), ())
    return Past(sum(count for _, count, _ in found), max(lasts, default=None), max(untils, default=None))
