"""When professionals work and when they do not: hours to be looked at, time off and travel to be entered."""

from typing import Any

from django.contrib import admin

from authspine.api.admin import columns
from authspine.api.admin.periods import AbsenceAdmin
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.orchestrator import professionals
from professionals.admin.hours import WEEKDAYS, spoken
from professionals.admin.places import OnceAdmin, PeriodForm, ZonedForm
from professionals.models import HoursOverride, TimeOff, TravelPeriod, WorkingHours

WHERE_EDITED = "Read-only: hours are edited on the professional's page, all at once, since they may not overlap."


@admin.register(WorkingHours)
class WorkingHoursAdmin(ReadOnlyAdmin):
    resource = "working_hours"
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
    resource = "working_hours"
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


@admin.register(TimeOff)
class TimeOffAdmin(AbsenceAdmin):
    resource = "time_off"
    whose = "professional"
    search_fields = ("professional__name",)
    search_help_text = "The professional's name"

    list_display = ("starts", "ends", "professional_link", "reason")
    reached_by = ("professional",)
    list_select_related = ("professional",)
    autocomplete_fields = ("professional",)

    professional_link = columns.link("professional", "professional")

    fields = ("professional", "starts_at", "ends_at", "reason")

    def enter(self, whose: Any, **fields: Any) -> TimeOff:
        return professionals.take_time_off(whose, **fields)

    def remove(self, row: TimeOff) -> None:
        professionals.end_time_off(row.professional_id, row.id)


class TravelForm(ZonedForm, PeriodForm):
    """A zone, and the dates on which it counts."""


@admin.register(TravelPeriod)
class TravelPeriodAdmin(OnceAdmin):
    resource = "travel"
    form = TravelForm
    list_display = ("starts_on", "ends_on", "professional_link", "timezone")
    reached_by = ("professional",)
    list_select_related = ("professional",)
    search_fields = ("timezone",)
    autocomplete_fields = ("professional",)

    professional_link = columns.link("professional", "professional")

    fields = ("professional", "timezone", "starts_on", "ends_on")

    def register(self, fields: dict[str, Any]) -> TravelPeriod:
        return professionals.travel(fields.pop("professional").id, **fields)

    def remove(self, row: TravelPeriod) -> None:
        professionals.end_travel(row.professional_id, row.id)
