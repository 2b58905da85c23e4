"""What may stand in a week together: windows of one professional share no time of the clock while both hold.

Compared is wall time, whatever the location: who works by two clocks at once is at one place at a time all the same.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from authspine.kernel.times import DAY_MINUTES

type Range = tuple[int, int]  # minutes of the day; an end at or before the start lies on the next date

_A_DAY = timedelta(days=1)


class Window(NamedTuple):
    """A weekly window as it is set: weekday (0 is Monday), minutes of the day, where, and the dates it holds on."""

    weekday: int
    start_minute: int
    end_minute: int
    location: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # the last date


class DayHours(NamedTuple):
    """The hours of one date, in place of the week's; no ranges is closed."""

    ranges: tuple[Range, ...] = ()
    location: UUID | None = None


def last_minute(span: Range) -> int:
    """The end of a range in minutes from the midnight before its start."""
    start, end = span
    return end if end > start else end + DAY_MINUTES


def overlapping_windows(weekly: Sequence[Window]) -> tuple[int, int] | None:
    """The places of two windows that share time, the lower one first; None when there are none. Touching is fine."""
    for (one, first), (other, second) in combinations(enumerate(weekly), 2):
        if _meet(first, second) or _meet(second, first):
            return one, other
    return None


def _meet(one: Window, other: Window) -> bool:
    """Whether the second starts while the first, which starts on its date or on the one before, has not ended."""
    days = (other.weekday - one.weekday) % 7
    if days > 1:
        return False
    start = other.start_minute + days * DAY_MINUTES
    return one.start_minute <= start < last_minute((one.start_minute, one.end_minute)) and _hold_together(
        one, other, days
    )


def _hold_together(one: Window, other: Window, days: int) -> bool:
    """Whether both hold, the second so many dates after the first."""
    return _reaches(one.valid_to, other.valid_from, days) and _reaches(other.valid_to, one.valid_from, -days)


def _reaches(last: date | None, first: date | None, days: int) -> bool:
    """Whether `last`, moved by so many dates, is not before `first`; None is without an end."""
    return last is None or first is None or last + days * _A_DAY >= first


def overlapping_range(ranges: Sequence[Range]) -> int | None:
    """The place of a range of one date that shares time with one before it; None when there is none."""
    for (_, first), (place, second) in combinations(enumerate(ranges), 2):
        if first[0] < last_minute(second) and second[0] < last_minute(first):
            return place
    return None
