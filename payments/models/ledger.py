"""The ledger: double entry, append-only. The database refuses what does not balance, and every change of a row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel.constraints import AppendOnly, TrueAtCommit
from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.money import Money
from authspine.privacy.auditing import audited
from payments.rules.ledger import Account, Kind


def balanced(transaction: str) -> str:
    """In SQL: the entries of a transaction add up to nothing, are two at least, and in its currency."""
    return (
        "SELECT count(*) >= 2 AND sum(amount_cents) = 0 AND bool_and(e.currency = t.currency)"  # noqa: S608
        " FROM public.payments_ledgertransaction t JOIN public.payments_ledgerentry e"
        " ON e.organization_id = t.organization_id AND e.transaction_id = t.id"
        f" WHERE t.organization_id = NEW.organization_id AND t.id = {transaction}"
    )


class LedgerTransaction(TenantModel):
    """What happened to the money of one booking, in one currency. Its entries add up to nothing."""

    booking = tenant_reference("bookings.Booking", related_name="ledger_transactions")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.LedgerTransaction"),
            *same_tenant("booking"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="payments_ledgertransaction_kind"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_ledgertransaction_currency"
            ),
            AppendOnly(name="payments_ledgertransaction_append_only"),
            TrueAtCommit(condition=balanced("NEW.id"), name="payments_ledgertransaction_balanced"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "booking"], name="ledger_booking"),
            models.Index(fields=["organization", "at"], name="ledger_at"),
        ]

    def __str__(self) -> str:
        return self.kind


class LedgerEntry(TenantModel):
    """One side of a transaction: a debit is positive, a credit negative. Revenue and what cuts it say whose."""

    transaction = tenant_reference("payments.LedgerTransaction", related_name="entries")
    account = models.CharField(max_length=20, choices=[(account.value, account.value) for account in Account])
    professional = tenant_reference("professionals.Professional", null=True)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.LedgerEntry"),
            *same_tenant("transaction", "professional"),
            models.CheckConstraint(
                condition=Q(account__in=[account.value for account in Account]), name="payments_ledgerentry_account"
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="payments_ledgerentry_amount"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_ledgerentry_currency"),
            AppendOnly(name="payments_ledgerentry_append_only"),
            # An entry that comes later would unbalance what was balanced when its transaction came.
            TrueAtCommit(condition=balanced("NEW.transaction_id"), name="payments_ledgerentry_balanced"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "transaction"], name="ledgerentry_transaction"),
            models.Index(fields=["organization", "account", "currency"], name="ledgerentry_account"),
            models.Index(
                fields=["organization", "professional"],
                condition=Q(professional__isnull=False),
                name="ledgerentry_professional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
