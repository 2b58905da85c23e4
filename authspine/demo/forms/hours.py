"""A professional's week, and the days that differ from it, as forms."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.forms import BoundField

from authspine.demo.forms.choices import PlaceField
from authspine.demo.forms.days import DISORDER, DayField, faulty_period
from professionals.actions import DayHours, Window
from professionals.models import Location, WorkingHours
from services.rules import Window as RoomWindow

LEAST_ROWS = 2
BOTH = "Enter both times, or neither."
SAME = "The end is the same as the start."


type Known = WorkingHours | RoomWindow


@dataclass(frozen=True)
class Pair:
    """What the names of a window's fields begin with, and the window that stood there, if any."""

    weekday: int
    name: str
    known: Known | None

    @property
    def start(self) -> str:
        return f"{self.name}_start"

    @property
    def end(self) -> str:
        return f"{self.name}_end"


@dataclass(frozen=True)
class ShownPair:
    """Two fields; what says where and when they hold, as fields and in words."""

    start: BoundField
    end: BoundField
    bounds: list[BoundField]
    holds: str

    @property
    def bounds_open(self) -> bool:
        return any(field.errors for field in self.bounds)


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


class PairsForm(forms.Form):
    """Two windows a day, more where there are more; an empty day has none."""

    def __init__(self, *args: Any, hours: Iterable[Known], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: defaultdict[int, list[Known]] = defaultdict(list)
        for one in hours:
            known[one.weekday].append(one)
        self.pairs: list[Pair] = []
        for weekday in range(7):
            for row in range(max(LEAST_ROWS, len(known[weekday]))):
                window = known[weekday][row] if row < len(known[weekday]) else None
                self.add_pair(Pair(weekday, f"day{weekday}_{row}", window), label=_label(weekday, row))

    def add_pair(self, pair: Pair, *, label: str) -> None:
        window = pair.known
        minutes = (window.start_minute, window.end_minute) if window else (None, None)
        for name, edge, minute in zip((pair.start, pair.end), ("from", "to"), minutes, strict=True):
            self.fields[name] = Clock(label=f"{label} {edge}", initial=None if minute is None else clock_time(minute))
        self.pairs.append(pair)

    def clean(self) -> dict[str, Any]:
        for pair in self.pairs:
            check_pair(self, pair.start, pair.end)
        return self.cleaned_data

    def days(self) -> Iterator[Weekday]:
        for weekday in range(7):
            yield Weekday(
                calendar.day_name[weekday], [self.shown(pair) for pair in self.pairs if pair.weekday == weekday]
            )

    def shown(self, pair: Pair) -> ShownPair:
        return ShownPair(self[pair.start], self[pair.end], [], "")

    def filled(self) -> list[tuple[Pair, int, int]]:
        """The pairs in which times stand, with their minutes."""
        times = [(pair, self.cleaned_data[pair.start], self.cleaned_data[pair.end]) for pair in self.pairs]
        return [(pair, minute_of(start), minute_of(end)) for pair, start, end in times if start is not None]


def _label(weekday: int, row: int) -> str:
    return f"{calendar.day_name[weekday]}{' also' if row else ''}"


def check_pair(form: forms.Form, start: str, end: str) -> None:
    """Tell beside the end what is wrong with the two, once both can be read."""
    cleaned = form.cleaned_data
    if start in cleaned and end in cleaned and (fault := pair_fault(cleaned[start], cleaned[end])):
        form.add_error(end, fault)


class WeekForm(PairsForm):
    """A professional's week; each window may have a place and dates that it holds on."""

    def __init__(self, *args: Any, places: Sequence[Location] = (), **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def add_pair(self, pair: Pair, *, label: str) -> None:
        super().add_pair(pair, label=label)
        window = _hours(pair)
        self.fields[f"{pair.name}_location"] = PlaceField(
            self.places, label=f"{label}: where", initial=window and window.location_id
        )
        for edge, words, day in (
            ("valid_from", "from which date", window and window.valid_from),
            ("valid_to", "until which date", window and window.valid_to),
        ):
            self.fields[f"{pair.name}_{edge}"] = DayField(required=False, label=f"{label}: {words}", initial=day)

    def _bounds(self, pair: Pair) -> list[str]:
        return [f"{pair.name}_{field}" for field in ("location", "valid_from", "valid_to")]

    def shown(self, pair: Pair) -> ShownPair:
        bounds = [self[name] for name in self._bounds(pair)]
        return ShownPair(self[pair.start], self[pair.end], bounds, holds(_hours(pair)))

    def clean(self) -> dict[str, Any]:
        super().clean()
        for pair in self.pairs:
            _, first, last = self._bounds(pair)
            if faulty_period(self.cleaned_data.get(first), self.cleaned_data.get(last)):
                self.add_error(last, DISORDER)
        return self.cleaned_data

    def weekly(self) -> list[Window]:
        """What was filled in, as windows."""
        found = []
        for pair, start, end in self.filled():
            location, first, last = (self.cleaned_data[name] for name in self._bounds(pair))
            found.append(Window(pair.weekday, start, end, location, first, last))
        return found

    def aliases(self) -> dict[str, str]:
        """Where in the form a fault of the windows stands: `weekly.0` beside the end of the first one."""
        found = {}
        for place, (pair, _, _) in enumerate(self.filled()):
            found[f"weekly.{place}"] = pair.end
            found |= {f"weekly.{place}.{name.removeprefix(pair.name)[1:]}": name for name in self._bounds(pair)}
        return found


def _hours(pair: Pair) -> WorkingHours | None:
    return pair.known if isinstance(pair.known, WorkingHours) else None


class SpecialDayForm(forms.Form):
    """One date with hours of its own; without times it is a day off."""

    on = DayField(label="Date")
    start = Clock(label="Open from", help_text="Leave all times empty to close that day.")
    end = Clock(label="Open until")
    also_start = Clock(label="Also open from")
    also_end = Clock(label="Also open until")

    def __init__(self, *args: Any, places: Sequence[Location] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"] = PlaceField(places, label="Where")

    def clean(self) -> dict[str, Any]:
        check_pair(self, "start", "end")
        check_pair(self, "also_start", "also_end")
        return self.cleaned_data

    @staticmethod
    def holds(day: DayHours) -> bool:
        """Whether there is room for all of its ranges."""
        return len(day.ranges) <= LEAST_ROWS

    @staticmethod
    def filled_for(day: DayHours) -> dict[str, Any]:
        """The first values of the form for a day that stands already."""
        names = (("start", "end"), ("also_start", "also_end"))
        found: dict[str, Any] = {"location": day.location}
        for (start, end), (first, last) in zip(names, day.ranges, strict=False):
            found |= {start: clock_time(first), end: clock_time(last)}
        return found

    def among(self, days: Mapping[date, DayHours]) -> dict[date, DayHours]:
        """These days and the chosen one; without ranges it is a day off."""
        cleaned = self.cleaned_data
        pairs = [(cleaned[start], cleaned[end]) for start, end in (("start", "end"), ("also_start", "also_end"))]
        ranges = tuple((minute_of(start), minute_of(end)) for start, end in pairs if start is not None)
        return {**days, cleaned["on"]: DayHours(ranges, cleaned["location"])}

    def faults_at(self, days: Mapping[date, DayHours]) -> dict[str, str]:
        """Where in the form a fault of the chosen day stands."""
        place = list(self.among(days)).index(self.cleaned_data["on"])
        return {f"overrides.{place}.ranges.1": "also_end", f"overrides.{place}.location": "location"}
