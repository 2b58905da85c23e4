"""The ledger as a bookkeeper reads it: what was debited and credited to each account, and what it holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from payments.models import LedgerEntry
from payments.queries.ledger import WHOLE
from payments.rules.ledger import Account

_PLACE = {account.value: place for place, account in enumerate(Account)}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in one currency: both sides in the period, as positive figures, and what it holds by now."""

    account: str
    currency: str
    debit_cents: int
    credit_cents: int
    holds_cents: int


def accounts(*, since: datetime | None = None, booking: UUID | None = None) -> list[AccountLine]:
    """Every account that was ever touched, of all bookings or of one, in the ledger's order. One statement."""
    rows = LedgerEntry.objects.filter(transaction__booking=booking) if booking else LedgerEntry.objects.all()
    period = Q(transaction__at__gte=since) if since else Q()
    sums = {
        "debit_cents": _sum(period & Q(amount_cents__gt=0)),
        "credit_cents": _sum(period & Q(amount_cents__lt=0)),
        "holds_cents": _sum(Q()),
    }
    found: Any = rows.order_by().values("account", "currency").annotate(**sums)
    lines = [AccountLine(**row | {"credit_cents": -row["credit_cents"]}) for row in found]
    return sorted(lines, key=lambda line: (line.currency, _PLACE[line.account]))


def _sum(condition: Q) -> Any:
    return Coalesce(Sum("amount_cents", filter=condition), 0, output_field=WHOLE)
