"""Working hours: weekly windows and date overrides in wall time, and the instants that they mean.

Rules 2 and 3 of the slots (docs/api.md). A window belongs to the local date it starts on; when its end is not after its
start, it ends on the next date. An override replaces the windows that start on its date. On a public holiday no weekly
window starts; an override opens it all the same. A closure takes its dates out of whatever lies on them.

The clock of a window is its place's; without a place it is that of the professional's travel, else of the schedule.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval

MAX_WEEKLY = 50
MAX_OVERRIDES = 1000
MAX_RANGES = 50  # of one override
MONDAY, FRIDAY = 0, 4

type Range = tuple[int, int]  # minutes of the day

_UTC = ZoneInfo("UTC")
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


class Dates(NamedTuple):
    """Local dates from the first to the last, both included."""

    first: date
    last: date

    def include(self, on: date) -> bool:
        return self.first <= on <= self.last


ALWAYS = Dates(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Place:
    """A location: its clock, the dates on which it is closed and its holidays, the whole business's among them."""

    location: UUID
    timezone: str
    closed: tuple[Dates, ...] = ()
    holidays: frozenset[date] = frozenset()


class Travel(NamedTuple):
    """Dates on which the clock of another zone counts for windows without a place."""

    dates: Dates
    timezone: str


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Open every week from `start_minute` to `end_minute` of a weekday (0 is Monday); ValueError when out of range.

    An end at or before the start lies on the next date. Windows may touch and overlap: they are one working time.
    """

    weekday: int
    start_minute: int
    end_minute: int
    valid: Dates = ALWAYS
    place: Place | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday lies between 0 (Monday) and 6 (Sunday)")
        _check_range(self.start_minute, self.end_minute)


@dataclass(frozen=True, slots=True)
class Override:
    """What replaces the weekly windows that start on one date; no ranges means closed. ValueError when out of range."""

    on: date
    ranges: tuple[Range, ...] = ()
    place: Place | None = None

    def __post_init__(self) -> None:
        if len(self.ranges) > MAX_RANGES:
            raise ValueError(f"an override has at most {MAX_RANGES} ranges")
        if not times.FIRST_YEAR <= self.on.year <= times.LAST_YEAR:
            raise ValueError(f"the year lies between {times.FIRST_YEAR} and {times.LAST_YEAR}")
        for start_minute, end_minute in self.ranges:
            _check_range(start_minute, end_minute)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A professional's working hours in an IANA zone. ValueError: unknown zone, too many entries, a date twice.

    `closed` and `holidays` are those of the whole business; a place has its own beside them.
    """

    timezone: str
    weekly: tuple[WeeklyWindow, ...] = ()
    overrides: tuple[Override, ...] = ()
    travels: tuple[Travel, ...] = ()
    closed: tuple[Dates, ...] = ()
    holidays: frozenset[date] = frozenset()

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
    return [span for span, _ in _openings(schedule, since, until)]


def working_ticks(schedule: Schedule, since: int, until: int) -> list[Interval[int]]:
    """Working time that touches [since, until): the windows merged, each without what is closed where it lies."""
    return windows_and_working_ticks(schedule, since, until)[1]


def windows_and_working_ticks(
    schedule: Schedule, since: int, until: int
) -> tuple[list[Interval[int]], list[Interval[int]]]:
    """`window_ticks` and `working_ticks`, worked out once for both."""
    openings = _openings(schedule, since, until)
    windows = [span for span, _ in openings]
    if not any(closed for _, closed in openings):
        return windows, intervals.merge(windows)
    return windows, intervals.merge(rest for span, closed in openings for rest in intervals.subtract([span], closed))


def holiday_ticks(schedule: Schedule, since: int, until: int) -> list[Interval[int]]:
    """The windows that would be there if there were no public holidays: for those who explain."""
    return [span for span, _ in _openings(schedule, since, until, on_holidays=True)]


type Opening = tuple[Interval[int], list[Interval[int]]]  # a window, and what of its surroundings is closed


def _openings(schedule: Schedule, since: int, until: int, *, on_holidays: bool = False) -> list[Opening]:
    found = []
    for on, span, place in _ranges(schedule, _dates(since, until), on_holidays=on_holidays) if since < until else ():
        where = times.zone(_clock_of(schedule, on, place))
        window = Interval(*_edges(on, span, where))
        # In a gap both edges may be the jump: the window is then empty.
        if window.start < window.end and window.start < until and since < window.end:
            found.append((window, _closed(place.closed if place else schedule.closed, on, where)))
    return sorted(found)


def _clock_of(schedule: Schedule, on: date, place: Place | None) -> str:
    if place:
        return place.timezone
    return next((travel.timezone for travel in schedule.travels if travel.dates.include(on)), schedule.timezone)


def _closed(closures: tuple[Dates, ...], on: date, where: ZoneInfo) -> list[Interval[int]]:
    """Of the closures, what a window that starts on a date can meet: a window reaches into the next date at most."""
    near = [one for one in closures if one.first <= on + timedelta(days=1) and on <= one.last]
    return [
        Interval(times.tick_of(one.first, 0, where), times.tick_of(one.last + timedelta(days=1), 0, where))
        for one in near
    ]


def _dates(since: int, until: int) -> Iterator[date]:
    """The local dates, whatever the zone, on which a window that overlaps [since, until) may start."""
    # A clock is at most a date off UTC's; a window may have begun the date before, and a clock that is put back over
    # midnight shows a date twice.
    first = times.local_date(times.from_ticks(since), _UTC) - timedelta(days=2)
    last = times.local_date(times.from_ticks(until), _UTC) + timedelta(days=2)
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


type Dated = tuple[date, Range, Place | None]


def _ranges(schedule: Schedule, dates: Iterator[date], *, on_holidays: bool) -> Iterator[Dated]:
    weekly: defaultdict[int, list[WeeklyWindow]] = defaultdict(list)
    for window in schedule.weekly:
        weekly[window.weekday].append(window)
    overrides = {override.on: override for override in schedule.overrides}
    for on in dates:
        if override := overrides.get(on):
            if not on_holidays:
                yield from ((on, span, override.place) for span in override.ranges)
            continue
        for window in weekly[on.weekday()]:
            holidays = window.place.holidays if window.place else schedule.holidays
            if window.valid.include(on) and (on in holidays) == on_holidays:
                yield on, (window.start_minute, window.end_minute), window.place


def _edges(on: date, span: Range, where: ZoneInfo) -> tuple[int, int]:
    start_minute, end_minute = span
    end_on = on if end_minute > start_minute else on + timedelta(days=1)
    return times.tick_of(on, start_minute, where), times.tick_of(end_on, end_minute, where)
