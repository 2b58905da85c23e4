"""A professional's week, and the days that differ from it, as forms."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from professionals.actions import DayHours, Window, as_window
from professionals.models import WorkingHours

LEAST_ROWS = 2
BOTH = "Enter both times, or neither."
SAME = "The end is the same as the start."


class Pair(NamedTuple):
    """The names of the two fields of a window, and the window that stood there, if any."""

    weekday: int
    start: str
    end: str
    known: WorkingHours | None


class ShownPair(NamedTuple):
    """Two fields, and where and when what they say holds."""

    start: BoundField
    end: BoundField
    holds: str


@dataclass(frozen=True)
class Weekday:
    """One day of the week and its pairs of fields."""

    name: str
    windows: list[ShownPair]


def holds(window: WorkingHours | None) -> str:
    """Where and when a window holds, in words; nothing where it is always and by the professional's own clock."""
    if window is None:
        return ""
    parts = (
        f"at {window.location.name}" if window.location else "",
        f"from {window.valid_from:%-d %b %Y}" if window.valid_from else "",
        f"until {window.valid_to:%-d %b %Y}" if window.valid_to else "",
    )
    return " ".join(filter(None, parts))


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
    """Two windows a day, more where there are more; an empty day is a day off.

    Where a window holds, and when, is shown and not asked: a window that stays keeps it, whatever its times.
    """

    def __init__(self, *args: Any, hours: Iterable[WorkingHours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: defaultdict[int, list[WorkingHours]] = defaultdict(list)
        for window in hours:
            known[window.weekday].append(window)
        self.pairs: list[Pair] = []
        for weekday in range(7):
            for row in range(max(LEAST_ROWS, len(known[weekday]))):
                self._add_pair(weekday, row, known[weekday][row] if row < len(known[weekday]) else None)

    def _add_pair(self, weekday: int, row: int, window: WorkingHours | None) -> None:
        pair = Pair(weekday, f"day{weekday}_{row}_start", f"day{weekday}_{row}_end", window)
        minutes = (window.start_minute, window.end_minute) if window else (None, None)
        for name, edge, minute in zip((pair.start, pair.end), ("from", "to"), minutes, strict=True):
            label = f"{calendar.day_name[weekday]} {'also ' if row else ''}{edge}"
            self.fields[name] = Clock(label=label, initial=None if minute is None else clock_time(minute))
        self.pairs.append(pair)

    def clean(self) -> dict[str, Any]:
        for _, start, end, _ in self.pairs:
            if start in self.cleaned_data and end in self.cleaned_data:
                fault = pair_fault(self.cleaned_data[start], self.cleaned_data[end])
                if fault:
                    self.add_error(end, fault)
        return self.cleaned_data

    def days(self) -> Iterator[Weekday]:
        for weekday in range(7):
            pairs = (pair for pair in self.pairs if pair.weekday == weekday)
            windows = [ShownPair(self[pair.start], self[pair.end], holds(pair.known)) for pair in pairs]
            yield Weekday(calendar.day_name[weekday], windows)

    def weekly(self) -> list[Window]:
        """What was filled in, as windows."""
        return [self._window(pair) for pair in self.pairs if self.cleaned_data[pair.start] is not None]

    def _window(self, pair: Pair) -> Window:
        start, end = (minute_of(self.cleaned_data[name]) for name in (pair.start, pair.end))
        kept = as_window(pair.known) if pair.known else Window(pair.weekday, start, end)
        return kept._replace(start_minute=start, end_minute=end)


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

    def among(self, days: Mapping[date, DayHours]) -> dict[date, DayHours]:
        """These days and the chosen one, at the location that it had; without ranges it is a day off."""
        on, start, end = (self.cleaned_data[name] for name in ("on", "start", "end"))
        ranges = ((minute_of(start), minute_of(end)),) if start is not None else ()
        return {**days, on: days.get(on, DayHours())._replace(ranges=ranges)}
