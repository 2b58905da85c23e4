"""Refunds above the organization's limit: asked for by one person, decided by another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.money import Money
from authspine.privacy.auditing import audited
from authspine.privacy.fields import ORGANIZATION, EncryptedText
from payments.models.intents import OF_INTENT


class RefundRequest(TenantModel):
    """A refund that somebody asks for. It reserves nothing: the money is claimed when a second person approves it.

    Who asked and who decided are actors (`user:<id>`).
    """

    class Status(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        REFUSED = "refused"

    intent = tenant_reference("payments.PaymentIntent", related_name="refund_requests")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default="")
    requested_by = models.CharField(max_length=60)
    approved_by = models.CharField(max_length=60, blank=True, default="")
    refused_by = models.CharField(max_length=60, blank=True, default="")
    decision_reason = EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    refund = tenant_reference("payments.Refund", null=True)

    class Meta(TenantModel.Meta):
        verbose_name = "refund to approve"
        verbose_name_plural = "refunds to approve"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.RefundRequest", person=OF_INTENT, withheld=("reason", "decision_reason")),
            *same_tenant("intent", "refund"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_refundrequest_amount"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_refundrequest_currency"),
            models.CheckConstraint(condition=~Q(requested_by=""), name="payments_refundrequest_asked"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("requested_by")), name="payments_refundrequest_second_person"
            ),
            # Decided once: approved by somebody and with its refund, or refused by somebody and without.
            models.CheckConstraint(
                condition=Q(status="asked", approved_by="", refused_by="", decided_at=None, refund=None)
                | (
                    Q(status="approved", refused_by="", decided_at__isnull=False, refund__isnull=False)
                    & ~Q(approved_by="")
                )
                | (Q(status="refused", approved_by="", decided_at__isnull=False, refund=None) & ~Q(refused_by="")),
                name="payments_refundrequest_decided",
            ),
            models.UniqueConstraint(fields=["organization", "refund"], name="payments_refundrequest_one_refund"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "intent"], name="refundrequest_intent"),
        ]

    def __str__(self) -> str:
        return f"refund {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
