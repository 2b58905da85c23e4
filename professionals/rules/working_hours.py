"""Working hours: weekly windows and date overrides in wall time, and the instants that they mean.

Rules 2 and 3 of the slots (docs/api.md). A window belongs to the local date it starts on; when its end is not after its
start, it ends on the next date. An override replaces the windows that start on its date.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from authspine.kernel import times
from authspine.kernel.intervals import Interval

MAX_WEEKLY = 50
MAX_OVERRIDES = 1000
MAX_RANGES = 50  # of one override
MONDAY, FRIDAY = 0, 4

type Range = tuple[int, int]  # minutes of the day

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def minutes_of(clock: str) -> int:
    """The minute of the day of `HH:MM`; `24:00` is 1440, which only an end may be. ValueError otherwise."""
    if clock == "24:00":
        return times.DAY_MINUTES
    found = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if not found:
        raise ValueError("a time of day is HH:MM, from 00:00 to 23:59 (an end may be 24:00)")
    return int(found[1]) * 60 + int(found[2])


def clock_of(minutes: int) -> str:
    """The reverse of `minutes_of`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _check_range(start_minute: int, end_minute: int) -> None:
    if not 0 <= start_minute < times.DAY_MINUTES:
        raise ValueError("a start lies between 00:00 and 23:59")
    if not 0 <= end_minute <= times.DAY_MINUTES:
        raise ValueError("an end lies between 00:00 and 24:00")


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Open every week from `start_minute` to `end_minute` of a weekday (0 is Monday); ValueError when out of range.

    An end at or before the start lies on the next date. Windows may touch and overlap: they are one working time.
    """

    weekday: int
    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday lies between 0 (Monday) and 6 (Sunday)")
        _check_range(self.start_minute, self.end_minute)


@dataclass(frozen=True, slots=True)
class Override:
    """What replaces the weekly windows that start on one date; no ranges means closed. ValueError when out of range."""

    on: date
    ranges: tuple[Range, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ranges) > MAX_RANGES:
            raise ValueError(f"an override has at most {MAX_RANGES} ranges")
        if not times.FIRST_YEAR <= self.on.year <= times.LAST_YEAR:
            raise ValueError(f"the year lies between {times.FIRST_YEAR} and {times.LAST_YEAR}")
        for start_minute, end_minute in self.ranges:
            _check_range(start_minute, end_minute)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A professional's working hours in an IANA zone. ValueError: unknown zone, too many entries, a date twice."""

    timezone: str
    weekly: tuple[WeeklyWindow, ...] = ()
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        times.zone(self.timezone)
        if len(self.weekly) > MAX_WEEKLY:
            raise ValueError(f"there are at most {MAX_WEEKLY} weekly windows")
        if len(self.overrides) > MAX_OVERRIDES:
            raise ValueError(f"there are at most {MAX_OVERRIDES} overrides")
        if len({override.on for override in self.overrides}) < len(self.overrides):
            raise ValueError("a date has one override at most, with all its ranges")


def default_schedule(timezone: str) -> Schedule:
    """What a new professional works: Monday to Friday, 09:00-17:00."""
    return Schedule(timezone, tuple(WeeklyWindow(day, 9 * 60, 17 * 60) for day in range(MONDAY, FRIDAY + 1)))


def windows_between(schedule: Schedule, since: datetime, until: datetime) -> list[Interval[datetime]]:
    """The configured windows that overlap [since, until), whole and in order of start; each start is a grid's origin.

    Not merged: touching and overlapping windows keep their own grids.
    """
    return [
        Interval(times.from_ticks(start), times.from_ticks(end))
        for start, end in window_ticks(schedule, times.ticks(since), times.ticks(until))
    ]


def window_ticks(schedule: Schedule, since: int, until: int) -> list[Interval[int]]:
    """`windows_between` in ticks."""
    if since >= until:
        return []
    where = times.zone(schedule.timezone)
    windows = (Interval(*_edges(on, span, where)) for on, span in _ranges(schedule, _dates(since, until, where)))
    return sorted(span for span in windows if span.start < span.end and span.start < until and since < span.end)


def _dates(since: int, until: int, where: ZoneInfo) -> Iterator[date]:
    """The local dates on which a window that overlaps [since, until) may start."""
    # The day before, for windows past midnight; the day after, since a clock put back over midnight shows a date twice.
    first = times.local_date(times.from_ticks(since), where) - timedelta(days=1)
    last = times.local_date(times.from_ticks(until), where) + timedelta(days=1)
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _ranges(schedule: Schedule, dates: Iterator[date]) -> Iterator[tuple[date, Range]]:
    weekly: defaultdict[int, list[Range]] = defaultdict(list)
    for window in schedule.weekly:
        weekly[window.weekday].append((window.start_minute, window.end_minute))
    overrides = {override.on: override.ranges for override in schedule.overrides}
    for on in dates:
        for span in overrides.get(on, weekly[on.weekday()]):
            yield on, span


def _edges(on: date, span: Range, where: ZoneInfo) -> tuple[int, int]:
    start_minute, end_minute = span
    end_on = on if end_minute > start_minute else on + timedelta(days=1)
    # In a gap both edges may be the jump: the caller drops the window that is then empty.
    return times.tick_of(on, start_minute, where), times.tick_of(end_on, end_minute, where)
