"""What professionals have earned in a period, as the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from authspine.kernel.money import Money
from payments.models import LedgerEntry
from payments.queries.ledger import WHOLE
from payments.rules.ledger import OF_PROFESSIONAL, Account
from professionals.errors import ProfessionalNotFound
from professionals.models import Professional


@dataclass(frozen=True, slots=True)
class Statement:
    """One professional, one currency. `closing` is `opening` and what was earned, less what was given back of it."""

    professional: UUID
    name: str
    currency: str
    opening_cents: int
    earned_cents: int
    refunded_cents: int
    fees_cents: int
    bookings: int

    @property
    def closing_cents(self) -> int:
        return self.opening_cents + self.earned_cents - self.refunded_cents

    @property
    def money(self) -> dict[str, Money]:
        """The amounts by name, in the order in which they are told."""
        names = ("opening", "earned", "refunded", "closing", "fees")
        return {name: Money(getattr(self, f"{name}_cents"), self.currency) for name in names}


def check_known(professionals: Sequence[UUID]) -> None:
    """Who has left has earned all the same. Raises ProfessionalNotFound, naming the field, when one was never here."""
    if Professional.objects.filter(id__in=professionals).count() < len(set(professionals)):
        raise ProfessionalNotFound(field="professional")


def statements(since: datetime, until: datetime, *, professionals: Sequence[UUID] = ()) -> list[Statement]:
    """Of these professionals, or of all who have ever earned anything, for [since, until), by name.

    `bookings` are those that earned something in the period. `fees` is what the gateway took for their payments. Two
    statements, however many they are of.
    """
    fees = _fees(since, until, professionals)
    rows = _earnings(professionals).filter(transaction__at__lt=until).annotate(**_sums(since))
    return [
        Statement(**row, fees_cents=fees.get((row["professional"], row["currency"]), 0))
        for row in rows.order_by("name", "professional", "currency")
    ]


def _earnings(professionals: Sequence[UUID]) -> QuerySet[LedgerEntry, dict[str, Any]]:
    entries = LedgerEntry.objects.filter(professional__isnull=False, account__in=OF_PROFESSIONAL)
    if professionals:
        entries = entries.filter(professional__in=professionals)
    return entries.values("professional", "currency", name=F("professional__name"))


def _sums(since: datetime) -> dict[str, Any]:
    before, within = Q(transaction__at__lt=since), Q(transaction__at__gte=since)
    earned, returned = Q(account=Account.REVENUE), Q(account=Account.REFUNDS)
    return {
        "opening_cents": -_sum(before),
        "earned_cents": -_sum(within & earned),
        "refunded_cents": _sum(within & returned),
        "bookings": Count("transaction__booking", filter=within & earned, distinct=True),
    }


def _sum(condition: Q) -> Any:
    return Coalesce(Sum("amount_cents", filter=condition), 0, output_field=WHOLE)


def _fees(since: datetime, until: datetime, professionals: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """A fee is nobody's in the ledger: it counts for who gave the booking that was paid for."""
    whose = "transaction__booking__session__professional"
    entries = LedgerEntry.objects.filter(
        account=Account.FEES, transaction__at__gte=since, transaction__at__lt=until
    ).order_by()
    if professionals:
        entries = entries.filter(**{f"{whose}__in": professionals})
    rows = entries.values_list(whose, "currency").annotate(cents=Sum("amount_cents"))
    return {(professional, currency): int(cents) for professional, currency, cents in rows}
