"""What a client keeps on file to pay with, and how it got there. The numbers themselves stay with the gateway."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import an_object
from authspine.privacy.auditing import audited
from payments.rules import Method

METHODS = tuple(method.value for method in Method)


class Customer(TenantModel):
    """A client as the gateway knows them: what they keep on file there hangs on it."""

    client = tenant_reference("clients.Client")
    gateway_id = models.CharField(max_length=100, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.Customer", person="it.client_id"),
            *same_tenant("client"),
            models.UniqueConstraint(fields=["organization", "client"], name="payments_customer_one_per_client"),
        ]

    def __str__(self) -> str:
        return self.gateway_id or "not announced yet"


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
            audited("payments.PaymentMethod", person="it.client_id"),
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


class MethodSetup(TenantModel):
    """One attempt to put a card or account on file without paying: committed before the gateway is asked."""

    class Status(models.TextChoices):
        PENDING = "pending"
        REQUIRES_ACTION = "requires_action"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    client = tenant_reference("clients.Client", related_name="method_setups")
    type = models.CharField(max_length=10)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    gateway_id = models.CharField(max_length=100, blank=True, default="")
    gateway_method = models.CharField(max_length=100, blank=True, default="")
    next_action_url = models.CharField(max_length=1000, blank=True, default="")
    is_default = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])
    failure_code = models.CharField(max_length=60, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.MethodSetup", person="it.client_id"),
            *same_tenant("client"),
            models.CheckConstraint(condition=Q(type__in=METHODS), name="payments_methodsetup_type"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "requires_action", "succeeded", "failed"]),
                name="payments_methodsetup_status",
            ),
            models.UniqueConstraint(
                fields=["organization", "gateway_id"],
                condition=~Q(gateway_id=""),
                name="payments_methodsetup_gateway_key",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.type} {self.status}"

    @property
    def next_action(self) -> dict[str, str] | None:
        """Where the client has to approve, while it waits for that."""
        waits = self.status == self.Status.REQUIRES_ACTION and self.next_action_url
        return {"type": "redirect", "url": self.next_action_url} if waits else None
