"""When professionals work and when they do not: hours to be looked at, time off and travel to be entered."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from authspine.api.admin import columns
from authspine.api.admin.filters import WhenFilter
from authspine.api.admin.refusals import RefusableForm
from authspine.api.admin.tenant import ReadOnlyAdmin, TenantAdmin
from authspine.orchestrator import professionals
from professionals.admin.hours import WEEKDAYS, spoken
from professionals.admin.places import OnceAdmin, PeriodForm, ZonedForm
from professionals.models import HoursOverride, TimeOff, TravelPeriod, WorkingHours

WHERE_EDITED = "Read-only: hours are edited on the professional's page, all at once, since they may not overlap."


@admin.register(WorkingHours)
class WorkingHoursAdmin(ReadOnlyAdmin):
    list_display = ("weekday_name", "hours", "professional_link", "place", "zone", "valid_from", "valid_to")
    list_filter = ("weekday",)
    list_select_related = ("professional", "location")
    ordering = ("-id",)

    weekday_name = columns.plain(lambda row: WEEKDAYS[row.weekday], "weekday", order="weekday")
    hours = columns.plain(lambda row: spoken([[row.start_minute, row.end_minute]]), "hours")
    professional_link = columns.link("professional", "professional")
    place = columns.link("location", "location")
    zone = columns.plain(lambda row: (row.location or row.professional).timezone, "time zone")
    changed = columns.moment("updated_at", "last changed")

    readonly_fields = (
        "professional_link", "weekday_name", "hours", "place", "zone", "valid_from", "valid_to", "changed",
    )  # fmt: skip
    fieldsets = ((None, {"fields": readonly_fields, "description": WHERE_EDITED}),)


@admin.register(HoursOverride)
class HoursOverrideAdmin(ReadOnlyAdmin):
    list_display = ("date", "hours", "professional_link", "place", "zone")
    list_select_related = ("professional", "location")
    ordering = ("-id",)

    hours = columns.plain(lambda row: spoken(row.ranges) or "closed", "hours")
    professional_link = columns.link("professional", "professional")
    place = columns.link("location", "location")
    zone = columns.plain(lambda row: (row.location or row.professional).timezone, "time zone")
    changed = columns.moment("updated_at", "last changed")

    readonly_fields = ("professional_link", "date", "hours", "place", "zone", "changed")
    fieldsets = ((None, {"fields": readonly_fields, "description": WHERE_EDITED}),)


class TimeOffForm(RefusableForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at"} & set(self.fields):
            self.fields[name].help_text = f"In the zone {timezone.get_current_timezone_name()}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and starts_at >= ends_at:
            self.add_error("ends_at", "The end must be after the start.")
        return cleaned


class PeriodFilter(WhenFilter):
    title = "start"


@admin.register(TimeOff)
class TimeOffAdmin(TenantAdmin):
    form = TimeOffForm
    list_display = ("starts", "ends", "professional_link", "reason")
    list_filter = (PeriodFilter,)
    list_select_related = ("professional",)
    search_fields = ("reason",)
    autocomplete_fields = ("professional",)
    ordering = ("-created_at", "-id")

    starts = columns.moment("starts_at", "from", sortable=True)
    ends = columns.moment("ends_at", "to", sortable=True)
    professional_link = columns.link("professional", "professional")

    fields = ("professional", "starts_at", "ends_at", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("professional",) if obj else ()

    def register(self, fields: dict[str, Any]) -> TimeOff:
        return professionals.take_time_off(fields.pop("professional").id, **fields)

    def update(self, row: TimeOff, changes: dict[str, Any]) -> None:
        """A period is not moved: it ends, and another one is taken."""
        self.remove(row)
        taken = professionals.take_time_off(
            row.professional_id, starts_at=row.starts_at, ends_at=row.ends_at, reason=row.reason
        )
        row.__dict__.update(taken.__dict__)

    def remove(self, row: TimeOff) -> None:
        professionals.end_time_off(row.professional_id, row.id)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # After a change the period has another id, so there is no same page to go on with.
        return super().render_change_form(request, context | {"show_save_and_continue": False}, *args, **kwargs)


class TravelForm(ZonedForm, PeriodForm):
    """A zone, and the dates on which it counts."""


@admin.register(TravelPeriod)
class TravelPeriodAdmin(OnceAdmin):
    form = TravelForm
    list_display = ("starts_on", "ends_on", "professional_link", "timezone")
    list_select_related = ("professional",)
    search_fields = ("timezone",)
    autocomplete_fields = ("professional",)

    professional_link = columns.link("professional", "professional")

    fields = ("professional", "timezone", "starts_on", "ends_on")

    def register(self, fields: dict[str, Any]) -> TravelPeriod:
        return professionals.travel(fields.pop("professional").id, **fields)

    def remove(self, row: TravelPeriod) -> None:
        professionals.end_travel(row.professional_id, row.id)
