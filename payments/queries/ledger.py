"""Reads of the ledger, and of the facts that it must say: what happened to the money of bookings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from authspine.kernel.prepared import Prepared
from bookings.models import Booking
from payments.models import LedgerEntry, LedgerTransaction, PaymentIntent, Refund
from payments.rules import GATEWAY_METHODS
from payments.rules.ledger import Account, Facts, Kind, Sums, balances, earned

WHOLE: Final = BigIntegerField()

type Key = tuple[Account, UUID | None]  # an account, and whose it is where it is somebody's


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the ledger must hold of a booking, and what it was read off."""

    booking: UUID
    currency: str
    professional: UUID
    facts: Facts

    @property
    def sums(self) -> Sums:
        return balances(self.facts)


class Held:
    """What the ledger holds of a booking, by account and whose it is."""

    def __init__(self) -> None:
        self.sums: defaultdict[Key, int] = defaultdict(int)
        self.disputed = 0

    def add(self, kind: str, account: Account, professional: UUID | None, cents: int) -> None:
        self.sums[account, professional] += cents
        if kind == Kind.DISPUTE and account == Account.STRIPE:
            self.disputed -= cents
        if kind == Kind.CORRECTION and account == Account.DISPUTES:
            self.disputed += cents

    def of_others(self, professional: UUID) -> dict[Key, int]:
        """What stands under the name of somebody else than who did the work."""
        return {key: cents for key, cents in self.sums.items() if key[1] not in (None, professional) and cents}

    @property
    def by_account(self) -> Sums:
        found: defaultdict[Account, int] = defaultdict(int)
        for (account, _), cents in self.sums.items():
            found[account] += cents
        return found


def _refunded(condition: Q) -> Any:
    moved = Refund.objects.annotate(moved_at=Coalesce("processed_at", "created_at"))
    rows = moved.filter(condition, intent__booking=OuterRef("id")).order_by().values("intent__booking")
    return Coalesce(Subquery(rows.annotate(cents=Sum("amount_cents")).values("cents")), 0, output_field=WHOLE)


def _paid(column: str, condition: Q) -> Any:
    rows = PaymentIntent.objects.filter(condition, booking=OuterRef("id")).order_by().values("booking")
    return Coalesce(Subquery(rows.annotate(cents=Sum(column)).values("cents")), 0, output_field=WHOLE)


def _facts(bookings: QuerySet[Booking]) -> Any:
    """One row of sums for each booking. A refund that is pending is reserved on its intent and has not moved yet."""
    gateway, pending = Q(method__in=GATEWAY_METHODS), Q(status=Refund.Status.PENDING)
    through = Q(intent__method__in=GATEWAY_METHODS)
    later = Q(status=Refund.Status.SUCCEEDED, moved_at__gte=OuterRef("closed_at"))
    return bookings.values("id", "status", "total_cents", "currency", who=F("session__professional")).annotate(
        fee=F("fee_cents"),
        captured_at_stripe=_paid("captured_cents", gateway),
        captured_in_hand=_paid("captured_cents", ~gateway),
        refunded_at_stripe=_paid("refunded_cents", gateway) - _refunded(pending & through),
        refunded_in_hand=_paid("refunded_cents", ~gateway) - _refunded(pending & ~through),
        returned_later=_refunded(later),
        disputed=_paid("disputed_cents", gateway),
        fees=_paid("fee_cents", Q(fee_is_known=True)),
    )


_WANTED: Final = Prepared(lambda ids: _facts(Booking.objects.filter(id__among=ids)), ids=list)


def wanted(bookings: Sequence[UUID]) -> dict[UUID, Wanted]:
    """What the ledger must hold of these bookings, by what happened to their money."""
    return {row["id"]: _wanted(**row) for row in _WANTED(ids=list(bookings))}


def _wanted(
    *, id: UUID, status: str, total_cents: int, currency: str, who: UUID, fee: int, returned_later: int, **moved: int
) -> Wanted:
    captured = moved["captured_at_stripe"] + moved["captured_in_hand"]
    before = moved["refunded_at_stripe"] + moved["refunded_in_hand"] - returned_later
    word = Booking.Status(status).label
    made = earned(word, total=total_cents, fee=fee, captured=captured, returned_before=before)
    return Wanted(id, currency, who, Facts(earned=made, returned_later=returned_later, **moved))


_HELD: Final = Prepared(
    lambda ids: (
        LedgerEntry.objects.filter(transaction__booking__id__among=ids)
        .order_by()
        .values_list("transaction__booking", "transaction__kind", "account", "professional")
        .annotate(cents=Sum("amount_cents"))
    ),
    ids=list,
)


def held(bookings: Sequence[UUID]) -> defaultdict[UUID, Held]:
    """What the ledger holds of these bookings."""
    found: defaultdict[UUID, Held] = defaultdict(Held)
    for booking, kind, account, professional, cents in _HELD(ids=list(bookings)):
        found[booking].add(kind, Account(account), professional, int(cents))
    return found


def lock_bookings(bookings: Sequence[UUID]) -> None:
    """Lock several bookings until the scope ends, ids ascending, as `lock_booking` does one."""
    locked = Booking.objects.select_for_update(of=("self",), no_key=True).filter(id__in=bookings)
    list(locked.order_by("id").values_list("id"))


def transactions() -> QuerySet[LedgerTransaction]:
    """Every transaction, newest first, with its entries."""
    return LedgerTransaction.objects.prefetch_related("entries").order_by("-created_at", "-id")
