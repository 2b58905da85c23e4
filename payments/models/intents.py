"""Payment intents, refunds and disputes. Captured and refunded are counters that the database bounds."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.money import Money
from authspine.privacy.auditing import audited
from authspine.privacy.fields import ORGANIZATION, EncryptedText
from payments.models.methods import METHODS
from payments.rules import GATEWAY_METHODS

# Whom the payments of a booking are about, in the words of the audit's triggers.
OF_BOOKING = "SELECT b.client_id FROM public.bookings_booking b WHERE b.id = it.booking_id"
OF_INTENT = (
    "SELECT b.client_id FROM public.payments_paymentintent i JOIN public.bookings_booking b ON b.id = i.booking_id"
    " WHERE i.id = it.intent_id"
)


class PaymentIntent(TenantModel):
    """One attempt to be paid for a booking. Committed before the gateway is called; its id is the attempt's key."""

    class Status(models.TextChoices):
        PENDING = "pending"
        PROCESSING = "processing"
        REQUIRES_ACTION = "requires_action"
        AUTHORIZED = "authorized"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Purpose(models.TextChoices):
        DEPOSIT = "deposit"
        BALANCE = "balance"
        FULL = "full"
        FEE = "fee"

    class Capture(models.TextChoices):
        AUTOMATIC = "automatic"
        MANUAL = "manual"

    booking = tenant_reference("bookings.Booking", related_name="payment_intents")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.FULL)
    capture = models.CharField(max_length=10, choices=Capture, default=Capture.AUTOMATIC)
    off_session = models.BooleanField(default=False, help_text="charged while the client is away, by what is on file")
    method = models.CharField(max_length=10)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    amount_cents = models.BigIntegerField()
    captured_cents = models.BigIntegerField(default=0)
    refunded_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    disputed_cents = models.BigIntegerField(default=0, help_text="taken back by the client's bank for now, or for good")
    fee_cents = models.BigIntegerField(default=0)
    fee_is_known = models.BooleanField(default=False, help_text="by the gateway; else by the table, as an estimate")
    gateway_id = models.CharField(max_length=100, blank=True, default="")
    gateway_method = models.CharField(max_length=100, blank=True, default="")
    next_action_url = models.CharField(max_length=1000, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failure_detail = models.CharField(max_length=300, blank=True, default="")
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.PaymentIntent", person=OF_BOOKING),
            *same_tenant("booking"),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="payments_paymentintent_method"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "processing",
                        "requires_action",
                        "authorized",
                        "succeeded",
                        "failed",
                        "cancelled",
                    ]
                ),
                name="payments_paymentintent_status",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_paymentintent_amount"),
            models.CheckConstraint(
                condition=Q(captured_cents__gte=0, captured_cents__lte=F("amount_cents")),
                name="payments_paymentintent_captured",
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents__gte=0, refunded_cents__lte=F("captured_cents")),
                name="payments_paymentintent_refunded",
            ),
            models.CheckConstraint(
                condition=Q(disputed_cents__gte=0, disputed_cents__lte=F("captured_cents")),
                name="payments_paymentintent_disputed",
            ),
            models.CheckConstraint(condition=Q(fee_cents__gte=0), name="payments_paymentintent_fee"),
            models.CheckConstraint(
                condition=Q(purpose__in=["deposit", "balance", "full", "fee"]), name="payments_paymentintent_purpose"
            ),
            models.CheckConstraint(
                condition=Q(capture__in=["automatic", "manual"]), name="payments_paymentintent_capture"
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_paymentintent_currency"),
            models.CheckConstraint(
                # Part of an authorized amount may have been captured already, with more to come.
                condition=Q(status__in=["succeeded", "authorized"]) | Q(captured_cents=0),
                name="payments_paymentintent_captured_when_paid",
            ),
            # Several attempts per booking, at most one of them under way.
            models.UniqueConstraint(
                fields=["organization", "booking"],
                condition=Q(status__in=["pending", "processing", "requires_action", "authorized"]),
                name="payments_paymentintent_one_live",
            ),
            models.UniqueConstraint(
                fields=["organization", "gateway_id"],
                condition=~Q(gateway_id=""),
                name="payments_paymentintent_gateway_key",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "booking"], name="paymentintent_booking"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def through_gateway(self) -> bool:
        """Whether somebody else moves the money; cash and invoice are recorded by staff."""
        return self.method in GATEWAY_METHODS

    @property
    def failure(self) -> dict[str, str] | None:
        """Why it failed, or what else somebody has to look at: also a success can have a flaw."""
        return {"code": self.failure_code, "detail": self.failure_detail} if self.failure_code else None

    @property
    def next_action(self) -> dict[str, str] | None:
        """Where the client has to approve the payment, while it waits for that."""
        waits = self.status == self.Status.REQUIRES_ACTION and self.next_action_url
        return {"type": "redirect", "url": self.next_action_url} if waits else None

    @property
    def left(self) -> Money:
        """What has been captured and not been given back."""
        return Money(self.captured_cents - self.refunded_cents, self.currency)


class Refund(TenantModel):
    """Money given back from one intent. Its amount is reserved on the intent before the gateway is asked."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    class Cause(models.TextChoices):
        ASKED = "asked"
        POLICY = "policy"
        BOOKING_GONE = "booking_gone"
        PROVIDER = "provider"

    intent = tenant_reference("payments.PaymentIntent", related_name="refunds")
    cause = models.CharField(
        max_length=20, choices=Cause, default=Cause.ASKED, help_text="who wanted it; provider: made at the gateway"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = EncryptedText(person=ORGANIZATION, max_length=500, blank=True, default="")
    gateway_id = models.CharField(max_length=100, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.Refund", person=OF_INTENT, withheld=("reason",)),
            *same_tenant("intent"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "succeeded", "failed"]), name="payments_refund_status"
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["asked", "policy", "booking_gone", "provider"]), name="payments_refund_cause"
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_refund_currency"),
            models.UniqueConstraint(
                fields=["organization", "gateway_id"], condition=~Q(gateway_id=""), name="payments_refund_gateway_key"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "intent"], name="refund_intent"),
        ]

    def __str__(self) -> str:
        return f"refund {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class Dispute(TenantModel):
    """A client's bank takes money back. The gateway decides; who answers it does so there."""

    class Status(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"

    intent = tenant_reference("payments.PaymentIntent", related_name="disputes")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=60, blank=True, default="")
    gateway_id = models.CharField(max_length=100)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.Dispute", person=OF_INTENT),
            *same_tenant("intent"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_dispute_amount"),
            models.CheckConstraint(condition=Q(status__in=["open", "won", "lost"]), name="payments_dispute_status"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_dispute_currency"),
            models.UniqueConstraint(fields=["organization", "gateway_id"], name="payments_dispute_gateway_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "intent"], name="dispute_intent"),
        ]

    def __str__(self) -> str:
        return f"dispute {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
