"""Slots: the starts at which a service can be booked with a professional. The ten rules of docs/api.md, nothing else.

Always agrees with `refusals` (tested against it, and both against a reference that walks minute by minute). Inside,
instants are ticks (`kernel.times`), so that a free stretch of a grid is one `range`.
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from itertools import pairwise

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, ServiceRules, Span, last_date, to_spans
from bookings.rules.limits import exhausted
from bookings.rules.resources import are_shared, assign, blocked, free_starts
from professionals.rules import working_hours
from professionals.rules.working_hours import ALWAYS


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
    near = Interval(asked[0].start, asked[-1].end + service.duration)
    windows, working = working_hours.windows_and_working_ticks(calendar.schedule, *near)
    fitting = intervals.intersect(_fitting(working, calendar, service.duration), asked)
    found = _on_grid(windows, _free(fitting, calendar, service), service)
    return [start for start in found if _is_served(service, calendar, start)] if are_shared(calendar.needs) else found


def seats_left(service: ServiceRules, calendar: Calendar, start: datetime) -> int:
    """How many seats a bookable start offers: those left in its session, or all of a session yet to come."""
    return next((found.seats_left for found in calendar.sessions if found.starts_at == start), service.capacity)


def _fitting(working: list[Span], calendar: Calendar, duration: int) -> list[Span]:
    """Rule 5 turned round: the spans in which a start may lie so that all of its duration is working time."""
    there = intervals.subtract(working, to_spans(calendar.time_off))
    return [Interval(start, end - duration + 1) for start, end in there if end - start >= duration]


def _free(fitting: list[Span], calendar: Calendar, service: ServiceRules) -> list[Span]:
    """Rules 6 and 8: what of the fitting spans can be had anew, and the sessions that have seats left."""
    moments = {times.ticks(session.starts_at): session.seats_left for session in calendar.sessions}
    full = [Interval(start, start + 1) for start, seats in moments.items() if seats < 1]
    joinable = [Interval(start, start + 1) for start, seats in moments.items() if seats > 0]
    free = intervals.subtract(fitting, blocked(to_spans(calendar.busy), service.wanted) + full)
    free = _within_limits(_with_resources(free, calendar, service), calendar, service)
    return intervals.merge(free + intervals.intersect(fitting, joinable)) if joinable else free


def _with_resources(free: list[Span], calendar: Calendar, service: ServiceRules) -> list[Span]:
    """Rule 9: where each need of the service has a resource that is free."""
    if not calendar.needs or not free:
        return free
    asked = Interval(free[0].start, free[-1].end)
    return intervals.intersect(free, free_starts(calendar.needs, asked, service.wanted))


def _within_limits(free: list[Span], calendar: Calendar, service: ServiceRules) -> list[Span]:
    """Rule 10: where the professional's limits leave room for one more session."""
    if not calendar.limits or not free:
        return free
    asked, where = Interval(free[0].start, free[-1].end), times.zone(calendar.schedule.timezone)
    return intervals.subtract(free, exhausted(calendar.limits, asked, service.duration_minutes, where))


def _is_served(service: ServiceRules, calendar: Calendar, start: int) -> bool:
    """Rule 9 where needs compete for the same resources: one for each of them, all at once."""
    joins = any(times.ticks(session.starts_at) == start for session in calendar.sessions)
    return joins or assign(calendar.needs, start, service.wanted) is not None


def _on_grid(windows: list[Span], free: list[Span], service: ServiceRules) -> list[int]:
    """Rule 4: the points of each window's grid that lie in a free span."""
    found: list[int] = []
    ends = [span.end for span in free]
    for opens, closes in windows:
        origin = opens + service.offset
        for index in range(bisect_right(ends, origin), len(free)):
            first, last = max(free[index].start, origin), min(free[index].end, closes)
            if first >= closes:
                break
            found.extend(range(first + (origin - first) % service.step, last, service.step))
    # Windows that overlap may share points or interleave them.
    return sorted(set(found)) if any(one.end > other.start for one, other in pairwise(windows)) else found


def _asked(service: ServiceRules, timezone: str, now: int, since: int, until: int) -> list[Span]:
    """Rules 1 and 7: the part of the query that is neither too soon nor too far ahead, on the dates on sale."""
    query = Interval(max(since, now + service.notice), until)
    if service.horizon_days is None and service.bookable == ALWAYS:
        return [query]
    where = times.zone(timezone)
    near = times.ticks_through(last_date(service, now, where), where)
    asked = intervals.intersect([query], [Interval(*span) for span in near])
    if service.bookable.first == date.min:
        return asked
    early = times.ticks_through(service.bookable.first - timedelta(days=1), where)
    return intervals.subtract(asked, [Interval(*span) for span in early])
