"""Working hours in an import: read by the rules, written as rows that have no ids of their own outside.

History is taken as it is: windows may overlap, as they could before it was refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authspine.orchestrator.importing.reading import Reader
from professionals.models import HoursOverride, Professional, WorkingHours
from professionals.rules.weeks import DayHours, Window
from professionals.rules.working_hours import Override, Schedule, WeeklyWindow, default_schedule, minutes_of

# The row of the location that a window's or an override's record names.
type Place = Callable[[Reader], UUID | None]


@dataclass(frozen=True, slots=True)
class Hours:
    """The week of a professional, and the dates that differ from it."""

    weekly: list[Window]
    days: dict[date, DayHours]


def places(reader: Reader) -> Iterator[str]:
    """The old ids of the locations that a professional's hours name."""
    hours = reader.peek("working_hours")
    for name in ("weekly", "overrides"):
        found = hours.get(name) if isinstance(hours, dict) else None
        for record in found if isinstance(found, list) else ():
            if isinstance(record, dict) and isinstance(old := record.get("location"), str):
                yield old


def read(reader: Reader, timezone: str, place: Place) -> Hours:
    """The working hours of a professional; where the file has none, those of everybody new. Raises Invalid, Missing."""
    if reader.peek("working_hours") is None:
        office = default_schedule(timezone).weekly
        return Hours([Window(one.weekday, one.start_minute, one.end_minute) for one in office], {})
    hours = reader.part("working_hours")
    try:
        weekly = [_window(window, place) for window in hours.parts("weekly")]
        overrides = [_override(override, place) for override in hours.parts("overrides", [])]
        _check(timezone, weekly, overrides)
    except ValueError as error:
        reader.refuse("working_hours", f"{error}.")
    hours.done()
    return Hours(weekly, dict(overrides))


def _check(timezone: str, weekly: list[Window], overrides: list[tuple[date, DayHours]]) -> None:
    """ValueError unless these could be somebody's hours."""
    windows = tuple(WeeklyWindow(*window[:3]) for window in weekly)
    Schedule(timezone, windows, tuple(Override(on, day.ranges) for on, day in overrides))


def _window(reader: Reader, place: Place) -> Window:
    window = Window(
        reader.whole("weekday", most=6),
        minutes_of(reader.text("start")),
        minutes_of(reader.text("end")),
        place(reader),
        reader.day("valid_from", None),
        reader.day("valid_to", None),
    )
    if window.valid_from and window.valid_to and window.valid_from > window.valid_to:
        reader.refuse("valid_to", "must not lie before valid_from.")
    reader.done()
    return window


def _override(reader: Reader, place: Place) -> tuple[date, DayHours]:
    ranges = reader.items("ranges", [])
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in ranges):
        reader.refuse("ranges", "must be a list of pairs of times.")
    on = date.fromisoformat(reader.text("date", most=10))
    day = DayHours(tuple((minutes_of(start), minutes_of(end)) for start, end in ranges), place(reader))
    reader.done()
    return on, day


def _stamps(professional: Professional) -> dict[str, Any]:
    return {
        "professional": professional,
        "created_at": professional.created_at,
        "updated_at": professional.created_at,
    }


def weekly_rows(professional: Professional, hours: Hours) -> Iterator[WorkingHours]:
    for window in hours.weekly:
        yield WorkingHours(
            weekday=window.weekday,
            start_minute=window.start_minute,
            end_minute=window.end_minute,
            location_id=window.location,
            valid_from=window.valid_from,
            valid_to=window.valid_to,
            **_stamps(professional),
        )


def override_rows(professional: Professional, hours: Hours) -> Iterator[HoursOverride]:
    for on, day in hours.days.items():
        ranges = [list(pair) for pair in day.ranges]
        yield HoursOverride(date=on, ranges=ranges, location_id=day.location, **_stamps(professional))
