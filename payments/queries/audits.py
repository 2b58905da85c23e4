"""What an audit of the ledger reads: bookings that money can have to do with, and what cannot be right."""

from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from bookings.models import Booking
from payments.models import LedgerEntry, LedgerTransaction, PaymentIntent, Refund
from payments.queries.ledger import WHOLE


def bookings() -> QuerySet[Booking]:
    """Those of which the ledger says anything, or must: what was earned, was to be paid, or has been posted."""
    tried = Exists(PaymentIntent.objects.filter(booking=OuterRef("id")))
    posted = Exists(LedgerTransaction.objects.filter(booking=OuterRef("id")))
    return Booking.objects.filter(Q(status__in=["completed", "cancelled", "no_show"]) | tried | posted)


def bookings_after(booking: UUID | None, most: int) -> list[UUID]:
    """The next so many of them, in the order of their ids."""
    following = bookings() if booking is None else bookings().filter(id__gt=booking)
    return list(following.order_by("id").values_list("id", flat=True)[:most])


def sums() -> list[tuple[str, str, int]]:
    """What each account holds, by currency."""
    rows = LedgerEntry.objects.order_by("account", "currency").values_list("account", "currency")
    return [(account, currency, int(cents)) for account, currency, cents in rows.annotate(cents=Sum("amount_cents"))]


def unbalanced() -> list[UUID]:
    """Transactions whose entries are too few, add up to something, or are in another currency."""
    rows = LedgerTransaction.objects.annotate(
        number=Count("entries"),
        sum=Coalesce(Sum("entries__amount_cents"), 0, output_field=WHOLE),
        foreign=Count("entries", filter=~Q(entries__currency=F("currency"))),
    )
    return list(rows.filter(Q(number__lt=2) | ~Q(sum=0) | Q(foreign__gt=0)).values_list("id", flat=True))


def miscounted() -> list[PaymentIntent]:
    """Payments whose refunds, failed ones apart, are more than they count as given back."""
    rows = PaymentIntent.objects.annotate(told=_refunds("pending", "succeeded"))
    return list(rows.filter(told__gt=F("refunded_cents")).order_by("id"))


def charged() -> list[PaymentIntent]:
    """What was captured through the gateway, each with `gone_back`: what of its refunds has left already."""
    rows = PaymentIntent.objects.exclude(gateway_id="").filter(captured_cents__gt=0)
    return list(rows.annotate(gone_back=F("refunded_cents") - _refunds("pending")).order_by("id"))


def _refunds(*statuses: str) -> Coalesce:
    rows = Refund.objects.filter(intent=OuterRef("id"), status__in=statuses).order_by().values("intent")
    return Coalesce(Subquery(rows.annotate(cents=Sum("amount_cents")).values("cents")), 0, output_field=WHOLE)
