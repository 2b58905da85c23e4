"""Working hours on a professional's page: weekly windows and date overrides, typed as times of day."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from authspine.api.admin.refusals import sentence
from authspine.api.admin.tenant import TenantInline
from authspine.kernel.errors import Invalid
from professionals.models import HoursOverride, WorkingHours
from professionals.rules.weeks import DayHours, Window
from professionals.rules.working_hours import Override, Range, Schedule, WeeklyWindow, clock_of, minutes_of

WEEKDAYS = dict(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


def spoken(ranges: list[list[int]]) -> str:
    """`09:00-12:00, 13:00-17:00`; nothing when closed."""
    return ", ".join(f"{clock_of(start)}-{clock_of(end)}" for start, end in ranges)


def ranges_of(text: str) -> tuple[Range, ...]:
    """The reverse of `spoken`. ValueError when it is none."""
    return tuple(_range(part) for part in text.split(",") if part.strip())


def _range(part: str) -> Range:
    start, dash, end = part.replace("–", "-").partition("-")
    if not dash:
        raise ValueError("ranges look like 09:00-12:00, 13:00-17:00")
    return minutes_of(start.strip()), minutes_of(end.strip())


class WindowForm(forms.ModelForm):  # type: ignore[type-arg]
    weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int, widget=UnfoldAdminSelectWidget)
    starts = forms.CharField(label="from", widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "09:00"}))
    ends = forms.CharField(label="to", widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "17:00"}))

    class Meta:
        model = WorkingHours
        fields = ("weekday",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["starts"] = clock_of(self.instance.start_minute)
            self.initial["ends"] = clock_of(self.instance.end_minute)

    def clean_starts(self) -> int:
        return _clock(self.cleaned_data["starts"])

    def clean_ends(self) -> int:
        return _clock(self.cleaned_data["ends"])


class OverrideForm(forms.ModelForm):  # type: ignore[type-arg]
    hours = forms.CharField(
        required=False,
        help_text="closed, if empty",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "09:00-12:00, 13:00-17:00"}),
    )

    class Meta:
        model = HoursOverride
        fields = ("date",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["hours"] = spoken(self.instance.ranges)

    def clean_hours(self) -> tuple[Range, ...]:
        try:
            return ranges_of(self.cleaned_data["hours"])
        except ValueError as fault:
            raise forms.ValidationError(sentence(fault)) from fault


class WindowInline(TenantInline):
    resource = "working_hours"
    model = WorkingHours
    form = WindowForm
    fields = ("weekday", "starts", "ends", "location", "valid_from", "valid_to")
    autocomplete_fields = ("location",)
    ordering = ("weekday", "start_minute")
    verbose_name = "weekly window"
    verbose_name_plural = "weekly hours"


class OverrideInline(TenantInline):
    resource = "working_hours"
    model = HoursOverride
    form = OverrideForm
    fields = ("date", "hours", "location")
    autocomplete_fields = ("location",)
    ordering = ("date",)
    verbose_name = "other hours on a date"
    verbose_name_plural = "other hours on single dates, from today on"

    def every(self, request: HttpRequest) -> QuerySet[HoursOverride]:
        return super().every(request).filter(date__gte=timezone.localdate())


def weekly_of(formsets: list[Any]) -> list[Window]:
    """The weekly windows as they stand in the forms."""
    return [
        Window(one["weekday"], one["starts"], one["ends"], _place(one), one.get("valid_from"), one.get("valid_to"))
        for one in _rows(formsets, WorkingHours)
    ]


def days_of(professional_id: UUID, formsets: list[Any]) -> list[tuple[date, DayHours]]:
    """The overrides as they stand in the forms, with the past ones, which no form shows."""
    shown = [(one["date"], DayHours(one["hours"], _place(one))) for one in _rows(formsets, HoursOverride)]
    return [*_past(professional_id), *shown]


def _place(one: dict[str, Any]) -> UUID | None:
    return getattr(one.get("location"), "id", None)


def check_hours(zone: str, weekly: list[Window], days: list[tuple[date, DayHours]]) -> None:
    """Raise Invalid unless these can be somebody's hours."""
    try:
        Schedule(
            zone,
            tuple(WeeklyWindow(*window[:3]) for window in weekly),
            tuple(Override(on, day.ranges) for on, day in days),
        )
    except ValueError as fault:
        raise Invalid(sentence(fault)) from fault


def _rows(formsets: list[Any], model: type) -> Iterator[dict[str, Any]]:
    for formset in formsets:
        if formset.model is model:
            yield from (
                form.cleaned_data for form in formset.forms if form.cleaned_data and form not in formset.deleted_forms
            )


def _past(professional_id: UUID) -> Iterator[tuple[date, DayHours]]:
    past = HoursOverride.objects.filter(professional=professional_id, date__lt=timezone.localdate())
    for override in past:
        ranges = tuple((start, end) for start, end in override.ranges)
        yield override.date, DayHours(ranges, override.location_id)


def _clock(text: str) -> int:
    try:
        return minutes_of(text.strip())
    except ValueError as fault:
        raise forms.ValidationError(sentence(fault)) from fault
