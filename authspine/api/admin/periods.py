"""Periods in which somebody or something is not there: entered and ended, never moved."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from authspine.api.admin import columns
from authspine.api.admin.filters import WhenFilter
from authspine.api.admin.refusals import RefusableForm
from authspine.api.admin.tenant import TenantAdmin


class AbsenceForm(RefusableForm):
    """From when to when, on the clock of the organization."""

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


class StartFilter(WhenFilter):
    title = "start"


class AbsenceAdmin(TenantAdmin):
    """Of whoever `whose` names; a subclass says by which journeys one is entered and ended."""

    whose = ""

    form = AbsenceForm
    list_filter = (StartFilter,)
    search_fields = ("reason",)
    ordering = ("-created_at", "-id")

    starts = columns.moment("starts_at", "from", sortable=True)
    ends = columns.moment("ends_at", "to", sortable=True)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (self.whose,) if obj else ()

    def enter(self, whose: Any, **fields: Any) -> Any:
        raise NotImplementedError

    def register(self, fields: dict[str, Any]) -> Any:
        return self.enter(fields.pop(self.whose).id, **fields)

    def update(self, row: Any, changes: dict[str, Any]) -> None:
        """A period is not moved: it ends, and another one is entered."""
        self.remove(row)
        entered = self.enter(
            getattr(row, f"{self.whose}_id"), starts_at=row.starts_at, ends_at=row.ends_at, reason=row.reason
        )
        row.__dict__.update(entered.__dict__)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # After a change the period has another id, so there is no same page to go on with.
        return super().render_change_form(request, context | {"show_save_and_continue": False}, *args, **kwargs)
