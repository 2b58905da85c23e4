"""Why the points of a grid cannot be booked: for each of them the first rule that forbids it, as `refusals` would say.

Each rule is turned into the spans of starts that it forbids, so that a month of many calendars is a few bisections a
point. Agrees with `refusals` and with `slots` (tested against both).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from bookings.rules import refusals, resources
from bookings.rules.calendar import Calendar, ServiceRules, Span, last_date, to_spans
from bookings.rules.limits import exhausted
from bookings.rules.refusals import Rule
from professionals.rules import working_hours

type Forbids = Callable[[int], bool]


def unbookable(
    service: ServiceRules, calendar: Calendar, *, now: datetime, since: datetime, until: datetime
) -> Iterator[tuple[int, Rule]]:
    """The `candidates` that cannot be booked at `now`: ticks, ascending."""
    asked = Interval(times.ticks(since), times.ticks(until))
    near = Interval(asked.start, asked.end + service.duration)
    windows = working_hours.window_ticks(calendar.schedule, *near)
    holidays = working_hours.holiday_ticks(calendar.schedule, *near)
    rules = _rules(service, calendar, asked, windows, holidays, now=times.ticks(now))
    joinable = {times.ticks(session.starts_at) for session in calendar.sessions if session.seats_left > 0}
    for start in _points(windows, holidays, asked, service):
        rule = next(
            (rule for rule, forbids, of_new in rules if forbids(start) and _asks(of_new, start, joinable)), None
        )
        if rule:
            yield start, rule


def _asks(of_new: bool, start: int, joinable: set[int]) -> bool:
    """Rules of new sessions are not asked of those who join one."""
    return not (of_new and start in joinable)


def candidates(service: ServiceRules, calendar: Calendar, *, since: datetime, until: datetime) -> list[int]:
    """All points of the grid in [since, until), whether they can be booked or not: ticks, ascending.

    Holidays' too, but where other windows are open all the same: these have their own grids, and no other point is one.
    """
    asked = Interval(times.ticks(since), times.ticks(until))
    near = Interval(asked.start, asked.end + service.duration)
    windows = working_hours.window_ticks(calendar.schedule, *near)
    holidays = working_hours.holiday_ticks(calendar.schedule, *near)
    return _points(windows, holidays, asked, service)


def _points(windows: list[Span], holidays: list[Span], asked: Span, service: ServiceRules) -> list[int]:
    is_open = _inside(_starts(windows, service))
    missed = {start for start in _grid(holidays, asked, service) if not is_open(start)}
    return sorted(_grid(windows, asked, service) | missed)


def _grid(windows: Iterable[Span], asked: Span, service: ServiceRules) -> set[int]:
    found: set[int] = set()
    for opens, closes in windows:
        origin = opens + service.offset
        first = max(origin, asked.start)
        found.update(range(first + (origin - first) % service.step, min(closes, asked.end), service.step))
    return found


def _rules(
    service: ServiceRules, calendar: Calendar, asked: Span, windows: list[Span], holidays: list[Span], *, now: int
) -> list[tuple[Rule, Forbids, bool]]:
    """In the order of `refusals`; True: a rule that only a new session must keep."""
    near = Interval(asked.start, asked.end + service.duration)
    working = working_hours.working_ticks(calendar.schedule, *near)
    there = intervals.subtract(working, to_spans(calendar.time_off))
    full = {times.ticks(session.starts_at) for session in calendar.sessions if session.seats_left < 1}
    return [
        (Rule.IN_THE_PAST, lambda start: start < now, False),
        (Rule.NOTICE, lambda start: start < now + service.notice, False),
        (Rule.HORIZON, _outside(_on_sale(service, calendar, asked, now)), False),
        (Rule.OUTSIDE_HOURS, _outside(_starts(windows + holidays, service)), False),
        (Rule.HOLIDAY, _outside(_starts(windows, service)), False),
        (Rule.TIME_OFF, _outside(_starts(there, service)), False),
        (refusals.full(service), full.__contains__, False),
        (Rule.BOOKED, _inside(_meeting(to_spans(calendar.booked), service)), True),
        (Rule.BUFFER, _inside(resources.blocked(to_spans(calendar.busy), service.wanted)), True),
        (Rule.RESOURCE_BUSY, _unserved(service, calendar, asked), True),
        (Rule.LIMIT_REACHED, _beyond(service, calendar, asked), True),
    ]


def _starts(spans: list[Span], service: ServiceRules) -> list[Span]:
    """Where a start may lie so that all of its duration is inside the spans."""
    merged = intervals.merge(spans)
    return [Interval(s, e - service.duration + 1) for s, e in merged if e - s >= service.duration]


def _meeting(attended: list[Span], service: ServiceRules) -> list[Span]:
    return [Interval(s - service.duration + 1, e) for s, e in attended if s < e]


def _on_sale(service: ServiceRules, calendar: Calendar, asked: Span, now: int) -> list[Span]:
    where = times.zone(calendar.schedule.timezone)
    near = [Interval(*span) for span in times.ticks_through(last_date(service, now, where), where)]
    if service.bookable.first == date.min:
        return intervals.intersect([asked], near)
    early = times.ticks_through(service.bookable.first - timedelta(days=1), where)
    return intervals.subtract(intervals.intersect([asked], near), [Interval(*span) for span in early])


def _unserved(service: ServiceRules, calendar: Calendar, asked: Span) -> Forbids:
    if not calendar.needs:
        return _never
    if resources.are_shared(calendar.needs):
        return lambda start: resources.assign(calendar.needs, start, service.wanted) is None
    return _outside(resources.free_starts(calendar.needs, asked, service.wanted))


def _beyond(service: ServiceRules, calendar: Calendar, asked: Span) -> Forbids:
    where = times.zone(calendar.schedule.timezone)
    return _inside(exhausted(calendar.limits, asked, service.duration_minutes, where)) if calendar.limits else _never


def _never(start: int) -> bool:
    return False


def _inside(spans: Iterable[Span]) -> Forbids:
    merged = intervals.merge(spans)
    starts = [span.start for span in merged]

    def holds(start: int) -> bool:
        index = bisect_right(starts, start) - 1
        return index >= 0 and start < merged[index].end

    return holds


def _outside(spans: Iterable[Span]) -> Forbids:
    inside = _inside(spans)
    return lambda start: not inside(start)
