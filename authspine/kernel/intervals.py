"""Half-open intervals `[start, end)`: touching is not overlapping, and an empty one overlaps nothing.

They hold instants or ticks (`times`), always the same kind in one list; lists come out ascending and disjoint.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class Interval[T: (int, datetime)](NamedTuple):
    """From `start`, included, to `end`, not included; empty unless `start < end`."""

    start: T
    end: T


def overlaps[T: (int, datetime)](one: Interval[T], other: Interval[T]) -> bool:
    """Whether the two have a moment in common."""
    return max(one.start, other.start) < min(one.end, other.end)


def contains[T: (int, datetime)](outer: Interval[T], inner: Interval[T]) -> bool:
    """Whether all of `inner` (not empty) lies in `outer`."""
    return outer.start <= inner.start < inner.end <= outer.end


def merge[T: (int, datetime)](spans: Iterable[Interval[T]]) -> list[Interval[T]]:
    """What at least one of the spans covers; overlapping and touching ones become one, empty ones vanish."""
    merged: list[Interval[T]] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def subtract[T: (int, datetime)](spans: Iterable[Interval[T]], removed: Iterable[Interval[T]]) -> list[Interval[T]]:
    """What the spans cover and the removed ones do not, in one sweep over both."""
    holes = merge(removed)
    rest: list[Interval[T]] = []
    first = 0
    for span in merge(spans):
        while first < len(holes) and holes[first].end <= span.start:
            first += 1
        # The last hole may reach into the next span, so `first` moves on only at the next span's start.
        rest += _remains(span, holes, first)
    return rest


def _remains[T: (int, datetime)](span: Interval[T], holes: Sequence[Interval[T]], first: int) -> list[Interval[T]]:
    """What the holes from number `first` on leave of a span."""
    rest: list[Interval[T]] = []
    start = span.start
    while first < len(holes) and holes[first].start < span.end:
        if start < holes[first].start:
            rest.append(Interval(start, holes[first].start))
        start = holes[first].end
        first += 1
    if start < span.end:
        rest.append(Interval(start, span.end))
    return rest


def intersect[T: (int, datetime)](spans: Iterable[Interval[T]], others: Iterable[Interval[T]]) -> list[Interval[T]]:
    """What both cover, in one sweep over both."""
    left, right = merge(spans), merge(others)
    common: list[Interval[T]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return common
