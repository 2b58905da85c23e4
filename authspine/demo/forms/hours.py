"""A professional's week, and the days that differ from it, as forms."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.forms import BoundField

from professionals.actions import DayRanges, Window
from professionals.models import WorkingHours

LEAST_ROWS = 2
BOTH = "Enter both times, or neither."
SAME = "The end is the same as the start."


@dataclass(frozen=True)
class Weekday:
    """One day of the week and its pairs of fields."""

    name: str
    windows: list[tuple[BoundField, BoundField]]


def clock_time(minute: int) -> time:
    """The minute of a day as a time; the midnight at its end is that of the next day's start."""
    return time(minute // 60 % 24, minute % 60)


def minute_of(at: time) -> int:
    return at.hour * 60 + at.minute


class Clock(forms.TimeField):
    """A time of day, to the minute; may be left empty."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {"invalid": "Enter a time such as 09:00."}
        widget = forms.TimeInput({"type": "time", "step": 60}, format="%H:%M")
        super().__init__(required=False, error_messages=errors, widget=widget, **kwargs)


def pair_fault(start: time | None, end: time | None) -> str:
    """What is wrong with a window, or an empty string. 00:00 to 00:00 is the whole day."""
    if (start is None) != (end is None):
        return BOTH
    return SAME if start is not None and start == end and start != time() else ""


class WeekForm(forms.Form):
    """Two windows a day, more where there are more; an empty day is a day off."""

    def __init__(self, *args: Any, hours: Iterable[WorkingHours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: defaultdict[int, list[WorkingHours]] = defaultdict(list)
        for window in hours:
            known[window.weekday].append(window)
        self.pairs: list[tuple[int, str, str]] = []
        for weekday in range(7):
            for row in range(max(LEAST_ROWS, len(known[weekday]))):
                self._add_pair(weekday, row, known[weekday][row] if row < len(known[weekday]) else None)

    def _add_pair(self, weekday: int, row: int, window: WorkingHours | None) -> None:
        names = tuple(f"day{weekday}_{row}_{edge}" for edge in ("start", "end"))
        minutes = (window.start_minute, window.end_minute) if window else (None, None)
        for name, edge, minute in zip(names, ("from", "to"), minutes, strict=True):
            label = f"{calendar.day_name[weekday]} {'also ' if row else ''}{edge}"
            self.fields[name] = Clock(label=label, initial=None if minute is None else clock_time(minute))
        self.pairs.append((weekday, names[0], names[1]))

    def clean(self) -> dict[str, Any]:
        for _, start, end in self.pairs:
            if start in self.cleaned_data and end in self.cleaned_data:
                fault = pair_fault(self.cleaned_data[start], self.cleaned_data[end])
                if fault:
                    self.add_error(end, fault)
        return self.cleaned_data

    def days(self) -> Iterator[Weekday]:
        for weekday in range(7):
            windows = [(self[start], self[end]) for day, start, end in self.pairs if day == weekday]
            yield Weekday(calendar.day_name[weekday], windows)

    def weekly(self) -> list[Window]:
        """What was filled in, as windows."""
        filled = ((day, self.cleaned_data[start], self.cleaned_data[end]) for day, start, end in self.pairs)
        return [(day, minute_of(start), minute_of(end)) for day, start, end in filled if start is not None]


class SpecialDayForm(forms.Form):
    """One date with hours of its own; without times it is a day off."""

    on = forms.DateField(
        label="Date",
        error_messages={"required": "Enter the date.", "invalid": "Enter a date."},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    start = Clock(label="Open from", help_text="Leave both empty to close that day.")
    end = Clock(label="Open until")

    def clean(self) -> dict[str, Any]:
        if "start" in self.cleaned_data and "end" in self.cleaned_data:
            fault = pair_fault(self.cleaned_data["start"], self.cleaned_data["end"])
            if fault:
                self.add_error("end", fault)
        return self.cleaned_data

    def chosen(self) -> dict[date, DayRanges]:
        """The date with its ranges, none of which is a day off."""
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return {self.cleaned_data["on"]: [(minute_of(start), minute_of(end))] if start is not None else []}
