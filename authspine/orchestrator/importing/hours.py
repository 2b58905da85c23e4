"""Working hours in an import: read by the rules, written as rows that have no ids of their own outside."""

from collections.abc import Iterator
from datetime import date

from authspine.orchestrator.importing.reading import Reader
from professionals.models import HoursOverride, Professional, WorkingHours
from professionals.rules.working_hours import Override, Schedule, WeeklyWindow, default_schedule, minutes_of


def schedule(reader: Reader, timezone: str) -> Schedule:
    """The working hours of a professional; where the file has none, those of everybody new. Raises Invalid."""
    if reader.peek("working_hours") is None:
        return default_schedule(timezone)
    hours = reader.part("working_hours")
    try:
        weekly = tuple(_window(window) for window in hours.parts("weekly"))
        overrides = tuple(_override(override) for override in hours.parts("overrides", []))
        found = Schedule(timezone, weekly, overrides)
    except ValueError as error:
        reader.refuse("working_hours", f"{error}.")
    hours.done()
    return found


def _window(reader: Reader) -> WeeklyWindow:
    window = WeeklyWindow(
        reader.whole("weekday", most=6), minutes_of(reader.text("start")), minutes_of(reader.text("end"))
    )
    reader.done()
    return window


def _override(reader: Reader) -> Override:
    ranges = reader.items("ranges", [])
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in ranges):
        reader.refuse("ranges", "must be a list of pairs of times.")
    override = Override(
        date.fromisoformat(reader.text("date", most=10)),
        tuple((minutes_of(start), minutes_of(end)) for start, end in ranges),
    )
    reader.done()
    return override


def weekly_rows(professional: Professional, hours: Schedule) -> Iterator[WorkingHours]:
    for window in hours.weekly:
        yield WorkingHours(
            professional=professional,
            weekday=window.weekday,
            start_minute=window.start_minute,
            end_minute=window.end_minute,
            created_at=professional.created_at,
            updated_at=professional.created_at,
        )


def override_rows(professional: Professional, hours: Schedule) -> Iterator[HoursOverride]:
    for override in hours.overrides:
        yield HoursOverride(
            professional=professional,
            date=override.on,
            ranges=[list(pair) for pair in override.ranges],
            created_at=professional.created_at,
            updated_at=professional.created_at,
        )
