"""Services: what a professional sells, for how long and for how much."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import a_currency, an_object

CURRENCY = "^[A-Z]{3}$"


class Service(TenantModel):
    """Something bookable. Deleting one makes it inactive: bookings keep pointing at what was sold."""

    class LocationType(models.TextChoices):
        IN_PERSON = "in_person"
        VIRTUAL = "virtual"
        MOBILE = "mobile"

    class Recurrence(models.TextChoices):
        ONE_TIME = "one_time"
        RECURRING = "recurring"

    professional = tenant_reference("professionals.Professional", related_name="services")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    duration_minutes = models.PositiveSmallIntegerField()
    price_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, validators=[a_currency])
    deposit_cents = models.BigIntegerField(default=0)
    location_type = models.CharField(max_length=10, choices=LocationType, default=LocationType.IN_PERSON)
    recurrence = models.CharField(max_length=10, choices=Recurrence, default=Recurrence.ONE_TIME)
    capacity = models.PositiveSmallIntegerField(default=1)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    slot_interval_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    min_notice_minutes = models.PositiveIntegerField(default=0)
    horizon_days = models.PositiveSmallIntegerField(default=90)
    active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])
    search_text = models.TextField(editable=False, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional"),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=1, duration_minutes__lte=1440), name="services_service_duration"
            ),
            models.CheckConstraint(
                condition=Q(price_cents__gte=0, price_cents__lte=9_999_999_999), name="services_service_price"
            ),
            models.CheckConstraint(
                condition=Q(deposit_cents__gte=0, deposit_cents__lte=F("price_cents")), name="services_service_deposit"
            ),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="services_service_currency"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=1000), name="services_service_capacity"),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=1440, buffer_after_minutes__lte=1440),
                name="services_service_buffers",
            ),
            models.CheckConstraint(
                condition=Q(slot_interval_minutes=None)
                | Q(slot_interval_minutes__gte=1, slot_interval_minutes__lte=1440),
                name="services_service_slot_interval",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="services_service_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "professional"], name="service_professional"),
        ]

    def __str__(self) -> str:
        return self.name
