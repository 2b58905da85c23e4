"""When professionals work."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.times import END, EPOCH
from authspine.kernel.validation import a_near_time, a_zone
from authspine.privacy.auditing import audited
from authspine.privacy.fields import EncryptedText


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
            audited("professionals.WorkingHours", person="it.professional_id"),
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
            audited("professionals.HoursOverride", person="it.professional_id"),
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
    reason = EncryptedText(person="professional", max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "time off"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("professionals.TimeOff", person="it.professional_id"),
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
            audited("professionals.TravelPeriod", person="it.professional_id"),
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
