"""Half-open intervals, against sets of the whole numbers that they contain."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel import intervals
from authspine.kernel.intervals import Interval

SPANS = st.lists(st.builds(Interval[int], st.integers(0, 40), st.integers(0, 40)), max_size=8)


def points(spans: list[Interval[int]]) -> set[int]:
    return {point for start, end in spans for point in range(start, end)}


def is_tidy(spans: list[Interval[int]]) -> bool:
    """Not empty, ascending, and with a gap between any two."""
    edges = [edge for span in spans for edge in span]
    return all(one < other for one, other in pairwise(edges))


@given(SPANS)
def test_merging_keeps_every_point_and_tidies(spans: list[Interval[int]]) -> None:
    merged = intervals.merge(spans)
    assert points(merged) == points(spans)
    assert is_tidy(merged)


@given(SPANS, SPANS)
def test_subtracting_and_intersecting_are_those_of_sets(one: list[Interval[int]], other: list[Interval[int]]) -> None:
    rest, common = intervals.subtract(one, other), intervals.intersect(one, other)
    assert points(rest) == points(one) - points(other)
    assert points(common) == points(one) & points(other)
    assert is_tidy(rest)
    assert is_tidy(common)


@given(
    st.builds(Interval[int], st.integers(0, 9), st.integers(0, 9)),
    st.builds(Interval[int], st.integers(0, 9), st.integers(0, 9)),
)
def test_overlapping_and_containing_are_those_of_sets(one: Interval[int], other: Interval[int]) -> None:
    assert intervals.overlaps(one, other) == bool(points([one]) & points([other]))
    if points([other]):
        assert intervals.contains(one, other) == (points([other]) <= points([one]))


def test_touching_is_not_overlapping() -> None:
    assert not intervals.overlaps(Interval(1, 2), Interval(2, 3))
    assert intervals.merge([Interval(2, 3), Interval(1, 2)]) == [Interval(1, 3)]


def test_instants_work_like_numbers() -> None:
    nine, ten, noon = (datetime(2027, 1, 1, hour, tzinfo=UTC) for hour in (9, 10, 12))
    assert intervals.subtract([Interval(nine, noon)], [Interval(nine, ten)]) == [Interval(ten, noon)]


@pytest.mark.parametrize("removed", [[], [Interval(5, 5)]])
def test_an_empty_interval_removes_nothing(removed: list[Interval[int]]) -> None:
    assert intervals.subtract([Interval(1, 9)], removed) == [Interval(1, 9)]
