"""The weekly hours of a resource, and what may stand for a requirement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import DAY_MINUTES, WEEK_MINUTES, Window, check_options, check_windows

windows = st.builds(Window, st.integers(0, 6), st.integers(0, DAY_MINUTES - 1), st.integers(0, DAY_MINUTES))


@pytest.mark.parametrize(
    "hours",
    [
        [],
        [Window(0, 0, 1440)],
        [Window(day, 0, 1440) for day in range(7)],
        [Window(day, 0, 0) for day in range(7)],
        [Window(0, 540, 720), Window(0, 720, 1020)],
        [Window(6, 1320, 120), Window(0, 120, 240)],
        [Window(1, 540, 720), Window(0, 540, 720)],
    ],
)
def test_windows_that_fit(hours: list[Window]) -> None:
    check_windows(hours)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([Window(7, 0, 60)], "a window is a weekday"),
        ([Window(0, 1440, 60)], "a window is a weekday"),
        ([Window(0, 0, 1441)], "a window is a weekday"),
        ([Window(0, -1, 60)], "a window is a weekday"),
        ([Window(0, 540, 720), Window(0, 719, 1020)], "cannot overlap"),
        ([Window(0, 540, 720), Window(0, 540, 720)], "cannot overlap"),
        ([Window(0, 1320, 120), Window(1, 60, 180)], "cannot overlap"),
        ([Window(6, 1320, 120), Window(0, 119, 240)], "cannot overlap"),
        ([Window(0, 0, 1)] * 51, "at most 50"),
    ],
)
def test_windows_that_do_not_fit_are_told_in_words(hours: list[Window], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_windows(hours)


@given(st.lists(windows, max_size=6))
def test_windows_overlap_when_they_have_a_minute_of_the_week_in_common(hours: list[Window]) -> None:
    minutes = [minute % WEEK_MINUTES for window in hours for minute in _minutes(window)]
    if len(set(minutes)) == len(minutes):
        check_windows(hours)
    else:
        with pytest.raises(ValueError, match="overlap"):
            check_windows(hours)


def _minutes(window: Window) -> range:
    """Every minute of a window, one by one."""
    end = window.end_minute if window.end_minute > window.start_minute else window.end_minute + DAY_MINUTES
    return range(window.weekday * DAY_MINUTES + window.start_minute, window.weekday * DAY_MINUTES + end)


@pytest.mark.parametrize(("resources", "words"), [([], "1 to 50"), (["a", "a"], "once"), ([*"ab"] * 26, "1 to 50")])
def test_options_that_do_not_fit(resources: list[str], words: str) -> None:
    check_options(["a", "b"])
    with pytest.raises(ValueError, match=words):
        check_options(resources)
