"""Verticals, the professionals of each, where and when they work."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.times import END, EPOCH
from authspine.kernel.validation import a_near_time, a_zone, an_object
from professionals.rules.policies import POLICIES


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
    cancellation_fee_bps = models.PositiveIntegerField("late cancellation fee (basis points)", default=0)
    cancellation_fee_cents = models.BigIntegerField("late cancellation fee (flat)", default=0)
    no_show_fee_bps = models.PositiveIntegerField("no-show fee (basis points)", default=0)
    no_show_fee_cents = models.BigIntegerField("no-show fee (flat)", default=0)
    reschedule_window_minutes = models.PositiveIntegerField(default=0, help_text="until how long before the start")
    max_reschedules = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty: as often as one likes")
    deposit_bps = models.PositiveIntegerField("deposit of a new service (basis points)", default=0)
    approval_minutes = models.PositiveIntegerField(default=24 * 60, help_text="unanswered requests are declined then")
    max_open_holds = models.PositiveSmallIntegerField("holds at a time, per client", null=True, blank=True)
    max_future_bookings = models.PositiveSmallIntegerField("bookings ahead, per client", null=True, blank=True)
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
                condition=Q(cancellation_fee_bps__lte=10_000, cancellation_fee_cents__gte=0),
                name="professionals_vertical_cancellation_fee",
            ),
            models.CheckConstraint(
                condition=Q(no_show_fee_bps__lte=10_000, no_show_fee_cents__gte=0),
                name="professionals_vertical_no_show_fee",
            ),
            models.CheckConstraint(condition=Q(deposit_bps__lte=10_000), name="professionals_vertical_deposit"),
            models.CheckConstraint(
                condition=Q(approval_minutes__gte=1, approval_minutes__lte=43_200),
                name="professionals_vertical_approval_minutes",
            ),
            models.CheckConstraint(
                condition=(Q(max_open_holds=None) | Q(max_open_holds__gte=1))
                & (Q(max_future_bookings=None) | Q(max_future_bookings__gte=1)),
                name="professionals_vertical_client_limits",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.display_name

    def policy_defaults(self) -> dict[str, int | None]:
        """What holds for bookings of a service that says nothing else, by the names of `rules.policies`."""
        return {name: getattr(self, name) for name in POLICIES}


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
    # {"day": {"bookings": 8, "minutes": 480}, "week": ..., "month": ...}; what is not named is not limited.
    booking_limits = models.JSONField(default=dict, blank=True, validators=[an_object])
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


class Location(TenantModel):
    """A place with an address and a clock of its own."""

    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, validators=[a_zone])
    address = models.TextField(blank=True, default="", max_length=1000)
    active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(name=""), name="professionals_location_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.name


class WorkingHours(TenantModel):
    """One weekly window; an end at or before the start lies on the next date.

    In the wall time of its location where it has one, else of the professional.
    """

    professional = tenant_reference("professionals.Professional", related_name="working_hours")
    location = tenant_reference("professionals.Location", null=True)
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField(help_text="1440 is the midnight at the day's end")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="the last date it holds on")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "working hours"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional", "location"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="professionals_workinghours_valid_order",
            ),
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
    location = tenant_reference("professionals.Location", null=True)
    date = models.DateField()
    ranges = models.JSONField(default=list, blank=True, help_text="pairs of minutes of the day, e.g. [[540, 720]]")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional", "location"),
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


class TravelPeriod(TenantModel):
    """Dates on which a professional works by another zone's clock; windows at a location keep the location's."""

    professional = tenant_reference("professionals.Professional", related_name="travel_periods")
    timezone = models.CharField(max_length=64, validators=[a_zone])
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last date")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("professional"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="professionals_travelperiod_order"),
            # On one date one has one clock.
            ExclusionConstraint(
                name="professionals_travelperiod_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("professional", RangeOperators.EQUAL),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.timezone}, {self.starts_on} to {self.ends_on}"


class Closure(TenantModel):
    """Dates on which the whole business, or one location, is closed, from midnight to midnight, local time."""

    location = tenant_reference("professionals.Location", null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last date")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("location"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="professionals_closure_order"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "ends_on"], name="closure_ends_on"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"


class HolidayCalendar(TenantModel):
    """Whose public holidays the whole business, or one location, keeps. A date override opens one all the same."""

    location = tenant_reference("professionals.Location", null=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1, such as DE")
    region = models.CharField(max_length=10, blank=True, default="", help_text="ISO 3166-2 without the country")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            *same_tenant("location"),
            models.UniqueConstraint(
                fields=["organization", "location", "country", "region"],
                nulls_distinct=False,
                name="professionals_holidaycalendar_once",
            ),
            models.CheckConstraint(
                condition=Q(country__regex="^[A-Z]{2}$"), name="professionals_holidaycalendar_country"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.country}-{self.region}" if self.region else self.country
