"""What is decided about resources without a database: their weekly hours, and what a service may require."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

MAX_WINDOWS: Final = 50
MAX_REQUIREMENTS: Final = 10
MAX_OPTIONS: Final = 50  # of one requirement

DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES


class Window(NamedTuple):
    """A weekly window in wall time; an end at or before the start lies on the next date. 0 is Monday."""

    weekday: int
    start_minute: int
    end_minute: int


def windows_of(hours: Iterable[Sequence[int]]) -> list[Window]:
    """The windows that a resource's row keeps as lists of numbers."""
    return [Window(*window) for window in hours]


def check_windows(windows: Sequence[Window]) -> None:
    """ValueError, in words, unless all lie in a week and no two overlap; they may touch. None means always there."""
    if len(windows) > MAX_WINDOWS:
        raise ValueError(f"there are at most {MAX_WINDOWS} windows in a week")
    for weekday, start, end in windows:
        if not (0 <= weekday <= 6 and 0 <= start < DAY_MINUTES and 0 <= end <= DAY_MINUTES):
            raise ValueError("a window is a weekday from 0 (Monday) to 6, a start and an end of that day")
    spans = sorted(map(_span, windows))
    # The last one of the week may reach into the first one of the next.
    starts = [start for start, _ in spans[1:]] + [start + WEEK_MINUTES for start, _ in spans[:1]]
    if any(end > start for (_, end), start in zip(spans, starts, strict=True)):
        raise ValueError("two windows of a week cannot overlap")


def _span(window: Window) -> tuple[int, int]:
    """From and to, in minutes of the week; the end may lie in the next one."""
    weekday, start, end = window
    first = weekday * DAY_MINUTES
    return first + start, first + (end if end > start else end + DAY_MINUTES)


def check_options(resources: Sequence[Any]) -> None:
    """ValueError, in words, unless these can stand for one requirement: at least one, each once."""
    if not 1 <= len(resources) <= MAX_OPTIONS:
        raise ValueError(f"a requirement names 1 to {MAX_OPTIONS} resources")
    if len(set(resources)) < len(resources):
        raise ValueError("a requirement names each resource once")
