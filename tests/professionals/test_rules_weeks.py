"""Whether windows of a week share time, against a slow reference that looks at every minute of some weeks."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from professionals.rules.weeks import Range, Window, overlapping_range, overlapping_windows

MONDAY = date(2030, 1, 7)
# Windows start on the hour; two weeks are enough for every weekday to follow every other one.
DAYS = [MONDAY + timedelta(days=number) for number in range(-7, 21)]

HOURS = st.integers(0, 23).map(lambda hour: hour * 60)
ENDS = st.integers(0, 24).map(lambda hour: hour * 60)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Its validity begins on a date of its weekday and ends on one, so that it holds from edge to edge."""
    weekday = draw(st.sampled_from([0, 1, 6]))  # neighbours, also over the week's end
    week = MONDAY + timedelta(days=weekday)
    edges = draw(st.sampled_from([(None, None), (0, None), (None, 0), (0, 0), (7, None), (7, 7)]))
    valid = [None if days is None else week + timedelta(days=days) for days in edges]
    return Window(weekday, draw(HOURS), draw(ENDS), None, *valid)


def slots(window: Window) -> set[tuple[date, int]]:
    """The hours that a window covers, each by its date and its number."""
    covered = set()
    for day in DAYS:
        held = (window.valid_from or date.min) <= day <= (window.valid_to or date.max)
        if held and day.weekday() == window.weekday:
            covered |= {at(day, hour) for hour in hours(window.start_minute, window.end_minute)}
    return covered


def hours(start: int, end: int) -> range:
    return range(start // 60, (end if end > start else end + 1440) // 60)


def at(day: date, hour: int) -> tuple[date, int]:
    return day + timedelta(days=hour // 24), hour % 24


@settings(max_examples=300)
@given(st.lists(windows(), max_size=4))
def test_windows_overlap_when_they_cover_one_hour(weekly: list[Window]) -> None:
    covered = [slots(window) for window in weekly]
    pairs = [(one, other) for other in range(len(weekly)) for one in range(other) if covered[one] & covered[other]]
    found = overlapping_windows(weekly)
    assert (found is None) == (not pairs)
    assert found is None or found in pairs


@given(st.lists(st.tuples(HOURS, ENDS), max_size=4))
def test_ranges_overlap_when_they_cover_one_hour(ranges: list[Range]) -> None:
    covered = [set(hours(*span)) for span in ranges]
    wrong = [place for place in range(len(ranges)) if any(covered[place] & before for before in covered[:place])]
    found = overlapping_range(ranges)
    assert (found is None) == (not wrong)
    assert found is None or found in wrong
