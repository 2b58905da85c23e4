"""Verticals, the professionals of each, and when they work."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.times import END, EPOCH
from authspine.kernel.validation import a_near_time, a_zone, an_object


class Vertical(TenantModel):
    """A trade: templates to start from, what must hold for compliance, and the defaults of its bookings."""

    slug = models.SlugField(max_length=50)
    display_name = models.CharField(max_length=100)
    service_templates = models.JSONField(default=list, blank=True)
    requires_verification = models.BooleanField(default=False)
    data_retention_days = models.PositiveIntegerField(default=365)
    # None allowed is a vertical that is paid elsewhere.
    allowed_payment_methods = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    hold_minutes = models.PositiveSmallIntegerField(default=15)
    min_notice_minutes = models.PositiveIntegerField(default=0)
    cancellation_window_minutes = models.PositiveIntegerField(default=24 * 60)
    cancellation_fee_bps = models.PositiveIntegerField("cancellation fee (basis points)", default=0)
    intake_questions = models.JSONField(default=list, blank=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "slug"], name="professionals_vertical_slug_key"),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=1440), name="professionals_vertical_hold_minutes"
            ),
            models.CheckConstraint(
                condition=Q(allowed_payment_methods__contained_by=["card", "bank", "wallet", "cash", "invoice"]),
                name="professionals_vertical_payment_methods",
            ),
            models.CheckConstraint(
                condition=Q(cancellation_fee_bps__lte=10_000), name="professionals_vertical_cancellation_fee"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.display_name


class Professional(TenantModel):
    """Someone who serves clients in one vertical. The account to be paid out to never leaves the server."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    vertical = tenant_reference("professionals.Vertical", related_name="professionals")
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    name = models.CharField(max_length=200)
    specialties = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    bio = models.TextField(blank=True, default="")
    timezone = models.CharField(max_length=64, validators=[a_zone])
    verified_at = models.DateTimeField(null=True, blank=True)
    license = models.CharField(max_length=100, blank=True, default="")
    years_of_experience = models.PositiveSmallIntegerField(null=True, blank=True)
    payment_account = models.CharField(max_length=100, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])
    search_text = models.TextField(editable=False, default="")
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("vertical"),
            models.UniqueConstraint(
                fields=["organization", "email_key"],
                condition=Q(deleted_at=None),
                name="professionals_professional_email_key",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(email=""), name="professionals_professional_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "vertical"], name="professional_vertical"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkingHours(TenantModel):
    """One weekly window in the professional's wall time; an end at or before the start lies on the next date."""

    professional = tenant_reference("professionals.Professional", related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField(help_text="1440 is the midnight at the day's end")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "working hours"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, start_minute__lte=1439, end_minute__lte=1440),
                name="professionals_workinghours_clock",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "professional"], name="workinghours_professional")
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.start_minute}-{self.end_minute}"


class HoursOverride(TenantModel):
    """What replaces the weekly windows that start on one local date; no ranges means closed."""

    professional = tenant_reference("professionals.Professional", related_name="hours_overrides")
    date = models.DateField()
    ranges = models.JSONField(default=list, blank=True, help_text="pairs of minutes of the day, e.g. [[540, 720]]")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional"),
            models.UniqueConstraint(
                fields=["organization", "professional", "date"], name="professionals_hoursoverride_date_key"
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class TimeOff(TenantModel):
    """A period in which a professional takes no booking."""

    professional = tenant_reference("professionals.Professional", related_name="time_off")
    starts_at = models.DateTimeField(validators=[a_near_time])
    ends_at = models.DateTimeField(validators=[a_near_time])
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "time off"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="professionals_timeoff_order"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=EPOCH, ends_at__lt=END), name="professionals_timeoff_years"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "professional", "ends_at"], name="timeoff_professional"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} to {self.ends_at}"
