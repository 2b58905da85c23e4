"""Payment intents, refunds and methods. Captured and refunded are counters that the database bounds."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.money import Money
from authspine.kernel.validation import an_object
from payments.rules import GATEWAY_METHODS, Method

METHODS = tuple(method.value for method in Method)


class PaymentMethod(TenantModel):
    """A way to pay that a client keeps on file; the number itself stays with the gateway."""

    client = tenant_reference("clients.Client", related_name="payment_methods")
    type = models.CharField(max_length=10)
    provider = models.CharField(max_length=20)
    provider_method_id = models.CharField(max_length=100)
    brand = models.CharField(max_length=30, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    is_default = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("client"),
            models.CheckConstraint(condition=Q(type__in=METHODS), name="payments_paymentmethod_type"),
            models.UniqueConstraint(
                fields=["organization", "client"],
                condition=Q(is_default=True),
                name="payments_paymentmethod_one_default",
            ),
            models.UniqueConstraint(
                fields=["organization", "client", "provider", "provider_method_id"],
                name="payments_paymentmethod_once_per_client",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.type} {self.brand} {self.last4}".strip()


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

    booking = tenant_reference("bookings.Booking", related_name="payment_intents")
    method = models.CharField(max_length=10)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    amount_cents = models.BigIntegerField()
    captured_cents = models.BigIntegerField(default=0)
    refunded_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    fee_cents = models.BigIntegerField(default=0)
    gateway_id = models.CharField(max_length=100, blank=True, default="")
    gateway_method = models.CharField(max_length=100, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failure_detail = models.CharField(max_length=300, blank=True, default="")
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
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
            models.CheckConstraint(condition=Q(fee_cents__gte=0), name="payments_paymentintent_fee"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payments_paymentintent_currency"),
            models.CheckConstraint(
                condition=Q(status="succeeded") | Q(captured_cents=0), name="payments_paymentintent_captured_when_paid"
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
    def left(self) -> Money:
        """What has been captured and not been given back."""
        return Money(self.captured_cents - self.refunded_cents, self.currency)


class Refund(TenantModel):
    """Money given back from one intent. Its amount is reserved on the intent before the gateway is asked."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    intent = tenant_reference("payments.PaymentIntent", related_name="refunds")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500, blank=True, default="")
    gateway_id = models.CharField(max_length=100, blank=True, default="")
    failure_code = models.CharField(max_length=60, blank=True, default="")
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("intent"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "succeeded", "failed"]), name="payments_refund_status"
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
