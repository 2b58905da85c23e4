"""Rooms and equipment, and when they are out of use. Every change goes through the journeys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextareaWidget

from authspine.api.admin import columns
from authspine.api.admin.periods import AbsenceAdmin
from authspine.api.admin.refusals import RefusableForm, sentence
from authspine.api.admin.seat import seat
from authspine.api.admin.tenant import TenantAdmin
from authspine.kernel.times import zone_names
from authspine.orchestrator import resources
from professionals.rules.working_hours import clock_of, minutes_of
from services.models import Downtime, Resource
from services.rules import Window, check_windows, windows_of

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STATES = {"in use": "success", "inactive": ""}
LIKE_THIS = "a window on each line, such as Mon 09:00-17:00"


def spoken(window: Window) -> str:
    """`Mon 09:00-17:00`."""
    return f"{DAYS[window.weekday]} {clock_of(window.start_minute)}-{clock_of(window.end_minute)}"


def windows_in(text: str) -> list[Window]:
    """What stands on the lines of a text, the reverse of `spoken`. ValueError when it is something else."""
    found = [_window(line.strip()) for line in text.splitlines() if line.strip()]
    check_windows(found)
    return found


def _window(line: str) -> Window:
    day, _, times = line.partition(" ")
    start, dash, end = times.replace("–", "-").partition("-")
    if day.title() not in DAYS or not dash:
        raise ValueError(LIKE_THIS)
    return Window(DAYS.index(day.title()), minutes_of(start.strip()), minutes_of(end.strip()))


class WindowsField(forms.CharField):
    """Weekly windows as lines of text."""

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(map(spoken, windows_of(value or ())))

    def clean(self, value: Any) -> list[Window]:
        try:
            return windows_in(super().clean(value))
        except ValueError as fault:
            raise forms.ValidationError(sentence(fault)) from fault

    def has_changed(self, initial: Any, data: Any) -> bool:
        # However browsers end their lines.
        return self.prepare_value(initial).split() != (data or "").split()


class ResourceForm(RefusableForm):
    timezone = forms.ChoiceField(label="Time zone", widget=UnfoldAdminSelect2Widget)
    hours = WindowsField(
        required=False, help_text=f"Empty: always. Else {LIKE_THIS}", widget=UnfoldAdminTextareaWidget({"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "timezone" in self.fields:
            self.fields["timezone"].choices = [(name, name) for name in sorted(zone_names())]  # type: ignore[attr-defined]


@admin.register(Resource)
class ResourceAdmin(TenantAdmin):
    resource = "resources"
    form = ResourceForm
    list_display = ("name", "kind", "timezone", "state", "downtime", "added")
    list_filter = ("active",)
    search_fields = ("name", "kind")
    ordering = ("-created_at", "-id")

    state = columns.state(lambda row: "in use" if row.active else "inactive", "state", STATES, order="active")
    downtime = columns.rows("services_downtime", "resource", "downtime")
    added = columns.moment("created_at", "added", sortable=True)
    changed = columns.moment("updated_at", "last changed")

    readonly_fields = ("downtime", "id", "external_id", "added", "changed")
    fieldsets = (
        (None, {"fields": ("name", "kind", "timezone", "hours", "active", "metadata")}),
        ("Record", {"fields": readonly_fields}),
    )
    add_fieldsets = fieldsets[:1]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        caller = seat(request)
        return {"timezone": caller.organization.timezone if caller else "UTC"}

    def register(self, fields: dict[str, Any]) -> Resource:
        return resources.add(**fields)

    def update(self, row: Resource, changes: dict[str, Any]) -> None:
        resources.update(row.id, **changes)

    def remove(self, row: Resource) -> None:
        resources.delete(row.id)


@admin.register(Downtime)
class DowntimeAdmin(AbsenceAdmin):
    resource = "downtime"
    whose = "resource"

    list_display = ("starts", "ends", "resource_link", "reason")
    reached_by = ("resource",)
    list_select_related = ("resource",)
    autocomplete_fields = ("resource",)

    resource_link = columns.link("resource", "resource")

    fields = ("resource", "starts_at", "ends_at", "reason")

    def enter(self, whose: Any, **fields: Any) -> Downtime:
        return resources.add_downtime(whose, **fields)

    def remove(self, row: Downtime) -> None:
        resources.end_downtime(row.resource_id, row.id)
