"""Slots: the starts at which a service can be booked with a professional. The eight rules of docs/api.md, nothing else.

Always agrees with `refusals` (tested against it, and both against a reference that walks minute by minute). Inside,
instants are ticks (`kernel.times`), so that a free stretch of a grid is one `range`.
"""

from bisect import bisect_right
from datetime import datetime
from itertools import pairwise

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, ServiceRules, Span, last_date, to_spans
from professionals.rules import working_hours


def bookable_starts(
    service: ServiceRules, calendar: Calendar, *, now: datetime, since: datetime, until: datetime
) -> list[datetime]:
    """The starts in [since, until) that can be booked at `now`: ascending, each once, in UTC."""
    found = bookable_ticks(service, calendar, now=now, since=since, until=until)
    return [times.from_ticks(start) for start in found]


def bookable_ticks(
    service: ServiceRules, calendar: Calendar, *, now: datetime, since: datetime, until: datetime
) -> list[int]:
    """`bookable_starts` in ticks, for those who count many."""
    timezone = calendar.schedule.timezone
    asked = _asked(service, timezone, times.ticks(now), times.ticks(since), times.ticks(until))
    if not asked:
        return []
    windows = working_hours.window_ticks(calendar.schedule, asked[0].start, asked[-1].end + service.duration)
    fitting = intervals.intersect(_fitting(windows, calendar, service.duration), asked)
    return _on_grid(windows, _free(fitting, calendar, service), service.step)


def seats_left(service: ServiceRules, calendar: Calendar, start: datetime) -> int:
    """How many seats a bookable start offers: those left in its session, or all of a session yet to come."""
    return next((found.seats_left for found in calendar.sessions if found.starts_at == start), service.capacity)


def _fitting(windows: list[Span], calendar: Calendar, duration: int) -> list[Span]:
    """Rule 5 turned round: the spans in which a start may lie so that all of its duration is working time."""
    working = intervals.subtract(windows, to_spans(calendar.time_off))
    return [Interval(start, end - duration + 1) for start, end in working if end - start >= duration]


def _free(fitting: list[Span], calendar: Calendar, service: ServiceRules) -> list[Span]:
    """Rules 6 and 8: what of the fitting spans is not occupied, and the sessions that have seats left."""
    blocked = [
        Interval(start - service.duration - service.after + 1, end + service.before)
        for start, end in to_spans(calendar.busy)
        if start < end
    ]
    moments = {times.ticks(session.starts_at): session.seats_left for session in calendar.sessions}
    full = [Interval(start, start + 1) for start, seats in moments.items() if seats < 1]
    joinable = [Interval(start, start + 1) for start, seats in moments.items() if seats > 0]
    free = intervals.subtract(fitting, blocked + full)
    return intervals.merge(free + intervals.intersect(fitting, joinable)) if joinable else free


def _on_grid(windows: list[Span], free: list[Span], step: int) -> list[int]:
    """Rule 4: the points of each window's grid that lie in a free span."""
    found: list[int] = []
    ends = [span.end for span in free]
    for opens, closes in windows:
        for index in range(bisect_right(ends, opens), len(free)):
            first, last = max(free[index].start, opens), min(free[index].end, closes)
            if first >= closes:
                break
            found.extend(range(first + (opens - first) % step, last, step))
    # Windows that overlap may share points or interleave them.
    return sorted(set(found)) if any(one.end > other.start for one, other in pairwise(windows)) else found


def _asked(service: ServiceRules, timezone: str, now: int, since: int, until: int) -> list[Span]:
    """Rules 1 and 7: the part of the query that is neither too soon nor too far ahead."""
    query = Interval(max(since, now + service.notice), until)
    if service.horizon_days is None:
        return [query]
    where = times.zone(timezone)
    near = times.ticks_through(last_date(service, now, where), where)
    return intervals.intersect([query], [Interval(*span) for span in near])
