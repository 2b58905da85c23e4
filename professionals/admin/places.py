"""Where the business is open, and when it is closed as a whole: locations, closures, holiday calendars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelect2Widget

from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm
from authspine.api.admin.seat import seat
from authspine.api.admin.tenant import TenantAdmin
from authspine.kernel.times import zone_names
from authspine.orchestrator import closures, holiday_calendars, locations
from professionals.models import Closure, HolidayCalendar, Location
from professionals.rules.holidays import regions

IN_USE = {"open": "success", "inactive": ""}


class PeriodForm(RefusableForm):
    """A form with a first and a last date."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last date must not be before the first.")
        return cleaned


class ZonedForm(RefusableForm):
    """A form with a time zone that is chosen from the list."""

    timezone = forms.ChoiceField(label="Time zone", widget=UnfoldAdminSelect2Widget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "timezone" in self.fields:
            self.fields["timezone"].choices = [(name, name) for name in sorted(zone_names())]  # type: ignore[attr-defined]


@admin.register(Location)
class LocationAdmin(TenantAdmin):
    resource = "locations"
    form = ZonedForm
    list_display = ("name", "timezone", "address", "state", "opened")
    list_filter = ("active",)
    search_fields = ("name", "address")
    ordering = ("-created_at", "-id")

    state = columns.state(lambda row: "open" if row.active else "inactive", "state", IN_USE)
    opened = columns.moment("created_at", "made", sortable=True)
    changed = columns.moment("updated_at", "last changed")

    readonly_fields = ("id", "external_id", "opened", "changed")
    fieldsets = (
        (None, {"fields": ("name", "timezone", "address", "active")}),
        ("More", {"fields": ("metadata",), "classes": ("collapse",)}),
        ("Record", {"fields": readonly_fields}),
    )
    add_fieldsets = fieldsets[:2]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        caller = seat(request)
        return {"timezone": caller.organization.timezone if caller else "UTC"}

    def register(self, fields: dict[str, Any]) -> Location:
        return locations.create(**fields)

    def update(self, row: Location, changes: dict[str, Any]) -> None:
        locations.update(row.id, **changes)

    def remove(self, row: Location) -> None:
        locations.delete(row.id)


class OnceAdmin(TenantAdmin):
    """What is entered and taken away again, and not changed in between."""

    autocomplete_fields = ("location",)
    list_select_related = ("location",)
    ordering = ("-created_at", "-id")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def place(row: Any) -> Any:
    """The row's location, in a word where it is all of them."""
    return columns.show_link(row.location) or "everywhere"


@admin.register(Closure)
class ClosureAdmin(OnceAdmin):
    resource = "closures"
    form = PeriodForm
    list_display = ("starts_on", "ends_on", "where", "reason")
    search_fields = ("reason",)

    where = columns.plain(place, "location")
    made = columns.moment("created_at", "made")

    fields = ("location", "starts_on", "ends_on", "reason")

    def register(self, fields: dict[str, Any]) -> Closure:
        return closures.create(**fields | {"location": getattr(fields["location"], "id", None)})

    def remove(self, row: Closure) -> None:
        closures.delete(row.id)


class HolidayCalendarForm(RefusableForm):
    country = forms.ChoiceField(widget=UnfoldAdminSelect2Widget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            self.fields["country"].choices = [(code, code) for code in sorted(regions())]  # type: ignore[attr-defined]


@admin.register(HolidayCalendar)
class HolidayCalendarAdmin(OnceAdmin):
    resource = "holidays"
    form = HolidayCalendarForm
    list_display = ("country", "region", "where")
    search_fields = ("country", "region")

    where = columns.plain(place, "location")

    fields = ("location", "country", "region")

    def register(self, fields: dict[str, Any]) -> HolidayCalendar:
        return holiday_calendars.create(**fields | {"location": getattr(fields["location"], "id", None)})

    def remove(self, row: HolidayCalendar) -> None:
        holiday_calendars.delete(row.id)
