"""What the tests of the ledger share: what it holds, and what was written."""

from typing import Any
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel.tenancy import organization_scope
from payments.models import LedgerEntry, LedgerTransaction
from tests.payments.paying import STAFF


def sums(organization: Organization, booking: UUID | None = None) -> dict[str, int]:
    """What each account holds, of a booking or of all; those that hold nothing are left out."""
    found: dict[str, int] = {}
    with organization_scope(organization, STAFF):
        entries = LedgerEntry.objects.all()
        if booking is not None:
            entries = entries.filter(transaction__booking=booking)
        for account, cents in entries.values_list("account", "amount_cents"):
            found[account] = found.get(account, 0) + cents
    return {account: cents for account, cents in sorted(found.items()) if cents}


def written(organization: Organization) -> list[tuple[str, dict[str, int]]]:
    """Every transaction in the order of its making: its kind, and its entries by account."""
    with organization_scope(organization, STAFF):
        rows = LedgerTransaction.objects.order_by("created_at", "id").prefetch_related("entries")
        return [(row.kind, _entries(row)) for row in rows]


def _entries(row: Any) -> dict[str, int]:
    return {entry.account: entry.amount_cents for entry in row.entries.all()}
