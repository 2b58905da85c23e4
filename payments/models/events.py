"""What the gateway told us, and what a human must look at."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import an_object
from authspine.privacy.auditing import audited


class GatewayEvent(models.Model):
    """An event of the gateway's, stored before it is worked on; its id makes it one, however often it is sent.

    Global: all organizations share one account there, so it comes before anybody knows whose it is. It keeps ids,
    amounts and words of state, and nothing about a person.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        DONE = "done"
        IGNORED = "ignored"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=100)
    api_version = models.CharField(max_length=40, blank=True, default="")
    happened_at = models.DateTimeField()
    facts = models.JSONField(default=dict, validators=[an_object])
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    detail = models.CharField(max_length=300, blank=True, default="")
    received_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["received", "done", "ignored", "rejected"]), name="payments_gatewayevent_state"
            ),
            models.CheckConstraint(
                condition=Q(state="received", done_at=None) | (~Q(state="received") & Q(done_at__isnull=False)),
                name="payments_gatewayevent_done",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-received_at", "-id"], name="gatewayevent_list"),
            models.Index(fields=["received_at"], condition=Q(state="received"), name="gatewayevent_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Alert(TenantModel):
    """Something about money that a human must look at. Told once, however often it is noticed, until it is settled."""

    kind = models.CharField(max_length=40)
    intent = tenant_reference("payments.PaymentIntent", null=True, related_name="alerts")
    subject = models.CharField(max_length=100, help_text="what it is about, such as the gateway's id")
    detail = models.CharField(max_length=500)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=60, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("payments.Alert"),
            *same_tenant("intent"),
            models.UniqueConstraint(
                fields=["organization", "kind", "subject"],
                condition=Q(settled_at=None),
                name="payments_alert_once_while_open",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
