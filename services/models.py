"""Services: what is sold, for how long and for how much, by whom, and which rooms and equipment it takes."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.money import Money
from authspine.kernel.validation import a_currency, a_zone, an_object
from authspine.privacy.auditing import audited
from professionals.rules.starting_points import Question, asked
from services.rules import Window, windows_of

QUESTIONS_HELP = "asked besides the vertical's; one with the id of one of those takes its place"
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
    slot_offset_minutes = models.PositiveSmallIntegerField(default=0)
    min_notice_minutes = models.PositiveIntegerField(default=0)
    # Bookable at most so many days ahead (rolling), and only from and to these local dates (fixed).
    horizon_days = models.PositiveSmallIntegerField(default=90)
    bookable_from = models.DateField(null=True, blank=True)
    bookable_to = models.DateField(null=True, blank=True, help_text="the last date")
    location = tenant_reference("professionals.Location", null=True)
    requires_approval = models.BooleanField(default=False)
    # What differs from the vertical's policy, by the names of its columns.
    policy = models.JSONField(default=dict, blank=True, validators=[an_object])
    # Per professional: {"day": {"bookings": 8, "minutes": 480}, "week": ..., "month": ...}.
    booking_limits = models.JSONField(default=dict, blank=True, validators=[an_object])
    intake_questions = models.JSONField(default=list, blank=True, help_text=QUESTIONS_HELP)
    active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])
    search_text = models.TextField(editable=False, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Service"),
            *same_tenant("professional", "location"),
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
            models.CheckConstraint(condition=Q(slot_offset_minutes__lte=1439), name="services_service_slot_offset"),
            models.CheckConstraint(
                condition=Q(bookable_from=None) | Q(bookable_to=None) | Q(bookable_from__lte=F("bookable_to")),
                name="services_service_bookable_order",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="services_service_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "professional"], name="service_professional"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def questions(self) -> list[Question]:
        """What a booking of it is asked, by the professional whom it belongs to."""
        return asked(self.professional.vertical.intake_questions, self.intake_questions)


class Offer(TenantModel):
    """That a professional offers a service, for a price or a duration of their own where these differ.

    Each service has an offer of the professional it belongs to, made with it.
    """

    service = tenant_reference("services.Service", related_name="offers")
    professional = tenant_reference("professionals.Professional", related_name="offers")
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty: the service's")
    price_cents = models.BigIntegerField(null=True, blank=True, help_text="empty: the service's")
    priority = models.PositiveSmallIntegerField(default=0, help_text="who is asked first when anybody will do: 0")
    active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Offer"),
            *same_tenant("service", "professional"),
            models.UniqueConstraint(fields=["organization", "service", "professional"], name="services_offer_once"),
            models.CheckConstraint(
                condition=Q(duration_minutes=None) | Q(duration_minutes__gte=1, duration_minutes__lte=1440),
                name="services_offer_duration",
            ),
            models.CheckConstraint(
                condition=Q(price_cents=None) | Q(price_cents__gte=0, price_cents__lte=9_999_999_999),
                name="services_offer_price",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "professional"], name="offer_professional"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} by {self.professional_id}"

    @property
    def price(self) -> Money | None:
        """The professional's own price, in the service's currency; None where the service's holds."""
        return None if self.price_cents is None else Money(self.price_cents, self.service.currency)


class Resource(TenantModel):
    """A room or a piece of equipment, which one session at a time can have. Deleting one makes it inactive."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=50, blank=True, default="", help_text="room, equipment ...")
    timezone = models.CharField(max_length=64, validators=[a_zone])
    # Weekly windows [weekday, first minute, last minute] in its zone; none at all: always there.
    hours = models.JSONField(default=list, blank=True)
    active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Resource"),
            models.CheckConstraint(condition=~Q(name=""), name="services_resource_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.name

    @property
    def windows(self) -> list[Window]:
        """Its weekly hours; none at all: always there."""
        return windows_of(self.hours)


class Downtime(TenantModel):
    """A period in which a resource cannot be had."""

    resource = tenant_reference("services.Resource", related_name="downtimes")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Downtime"),
            *same_tenant("resource"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="services_downtime_order"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "resource", "ends_at"], name="downtime_resource"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} to {self.ends_at}"


class Requirement(TenantModel):
    """One thing that a service needs, told by its position: any one of its options will do, the first one first."""

    service = tenant_reference("services.Service", related_name="requirements")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Requirement"),
            *same_tenant("service"),
            models.UniqueConstraint(
                fields=["organization", "service", "position"], name="services_requirement_position_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"requirement {self.position}"

    @property
    def resources(self) -> list[UUID]:
        """The resources that will do, the first ones first."""
        return [option.resource_id for option in sorted(self.options.all(), key=lambda option: option.position)]


class Option(TenantModel):
    """A resource that satisfies a requirement."""

    requirement = tenant_reference("services.Requirement", related_name="options")
    resource = tenant_reference("services.Resource", related_name="options")
    position = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("services.Option"),
            *same_tenant("requirement", "resource"),
            models.UniqueConstraint(fields=["organization", "requirement", "resource"], name="services_option_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "resource"], name="option_resource"),
        ]

    def __str__(self) -> str:
        return str(self.resource_id)
