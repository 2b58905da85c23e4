"""Where the business is, and when all of it, or one place, is closed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import a_zone, an_object
from authspine.privacy.auditing import audited


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
            audited("professionals.Location"),
            models.CheckConstraint(condition=~Q(name=""), name="professionals_location_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.name


class Closure(TenantModel):
    """Dates on which the whole business, or one location, is closed, from midnight to midnight, local time."""

    location = tenant_reference("professionals.Location", null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last date")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("professionals.Closure"),
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
            audited("professionals.HolidayCalendar"),
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
