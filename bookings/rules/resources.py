"""Rooms and equipment that a service needs: which of them are free at a time, and one for each need.

A need is met by any one of its resources, the first one first; nobody gets the same resource twice. A resource is bound
for the session with its buffers; its own hours and downtimes bound the session alone, like a professional's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from professionals.rules import working_hours
from professionals.rules.working_hours import Schedule

type Span = Interval[int]  # of ticks
type Period = Interval[datetime]


@dataclass(frozen=True, slots=True)
class ResourceCalendar:
    """What is known of a resource. Without a schedule it is always there."""

    id: UUID
    schedule: Schedule | None = None
    down: Sequence[Period] = ()
    busy: Sequence[Period] = ()


type Need = tuple[ResourceCalendar, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long a session lasts and what it keeps before and after, in ticks."""

    duration: int
    before: int
    after: int


def is_free(resource: ResourceCalendar, start: int, wanted: Wanted) -> bool:
    """Whether the resource can be had by a session that starts at this tick."""
    lasting = Interval(start, start + wanted.duration)
    bound = Interval(start - wanted.before, lasting.end + wanted.after)
    if any(intervals.overlaps(bound, span) for span in _spans(resource.busy)):
        return False
    if any(intervals.overlaps(lasting, span) for span in _spans(resource.down)):
        return False
    if resource.schedule is None:
        return True
    return any(intervals.contains(open_, lasting) for open_ in working_hours.working_ticks(resource.schedule, *lasting))


def assign(needs: Sequence[Need], start: int, wanted: Wanted) -> list[UUID] | None:
    """A free resource for each need, in their order, none twice; None when there is no such choice.

    Takes the first of a need's resources where it can, and swaps earlier choices where it must (augmenting paths).
    """
    taken: dict[UUID, int] = {}
    options = [[one.id for one in need if is_free(one, start, wanted)] for need in needs]
    for number in range(len(needs)):
        if not _settle(number, options, taken, set()):
            return None
    chosen = {number: id for id, number in taken.items()}
    return [chosen[number] for number in range(len(needs))]


def _settle(number: int, options: Sequence[Sequence[UUID]], taken: dict[UUID, int], seen: set[UUID]) -> bool:
    for id in options[number]:
        if id in seen:
            continue
        seen.add(id)
        if id not in taken or _settle(taken[id], options, taken, seen):
            taken[id] = number
            return True
    return False


def are_shared(needs: Sequence[Need]) -> bool:
    """Whether a resource stands in several needs, so that the needs cannot be looked at one by one."""
    ids = [one.id for need in needs for one in need]
    return len(set(ids)) < len(ids)


def free_starts(needs: Sequence[Need], asked: Span, wanted: Wanted) -> list[Span]:
    """The starts in `asked` at which each need, looked at alone, has a free resource."""
    found = [asked]
    for need in needs:
        found = intervals.intersect(found, intervals.merge(s for one in need for s in _free(one, asked, wanted)))
    return found


def _free(resource: ResourceCalendar, asked: Span, wanted: Wanted) -> list[Span]:
    open_ = [Interval(asked.start, asked.end + wanted.duration)]
    if resource.schedule is not None:
        open_ = working_hours.working_ticks(resource.schedule, *open_[0])
    there = intervals.subtract(open_, _spans(resource.down))
    fitting = [Interval(s, e - wanted.duration + 1) for s, e in there if e - s >= wanted.duration]
    return intervals.subtract(fitting, blocked(_spans(resource.busy), wanted))


def blocked(busy: Iterable[Span], wanted: Wanted) -> list[Span]:
    """The starts that occupied time forbids, whosever time it is."""
    return [Interval(s - wanted.duration - wanted.after + 1, e + wanted.before) for s, e in busy if s < e]


def _spans(periods: Iterable[Period]) -> list[Span]:
    return [Interval(times.ticks(start), times.ticks(end)) for start, end in periods]
