"""Business events: facts, stored in the transaction of the change that they tell of, never changed afterwards."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel import clock
from authspine.kernel.models import TenantModel
from authspine.kernel.validation import an_object
from authspine.privacy.auditing import audited


class AnalyticsEvent(TenantModel):
    """Something that happened. `user` is whom it is about: the client, else the professional (no foreign key)."""

    type = models.CharField(max_length=100)
    timestamp = models.DateTimeField(default=clock.now)
    user = models.UUIDField(null=True, blank=True)
    actor = models.CharField(max_length=60, blank=True, default="")
    session_id = models.CharField(max_length=200, blank=True, default="")
    data = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("analytics.AnalyticsEvent"),
            models.CheckConstraint(
                condition=Q(type__regex=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"), name="analytics_analyticsevent_type"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "-timestamp", "-id"], name="event_timestamp"),
            models.Index(fields=["organization", "type", "timestamp"], name="event_type"),
            models.Index(fields=["organization", "user", "timestamp"], name="event_user"),
            models.Index(fields=["organization", "session_id", "timestamp"], name="event_session"),
        ]

    def __str__(self) -> str:
        return self.type
