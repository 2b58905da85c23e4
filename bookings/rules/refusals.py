"""Why a start cannot be booked: the first of the rules that forbids it.

Asked in this order: what the start alone decides, then the working hours, then who has the time already, then what else
it takes. Written apart from `slots`, rule by rule, so that each is a check on the other.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from bookings.rules import limits, resources
from bookings.rules.calendar import Calendar, Period, ServiceRules, last_date, occupied, to_spans
from professionals.rules import working_hours


class Rule(StrEnum):
    """The words of the API for what forbids a start."""

    PROFESSIONAL_UNVERIFIED = "professional_unverified"
    IN_THE_PAST = "in_the_past"
    NOTICE = "notice"
    HORIZON = "horizon"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    TIME_OFF = "time_off"
    NOT_A_SLOT = "not_a_slot"
    FULL = "full"
    BOOKED = "booked"
    BUFFER = "buffer"
    RESOURCE_BUSY = "resource_busy"
    LIMIT_REACHED = "limit_reached"


# The code of the 409 where it is a wider one: what a client does about it is the same.
CODES: Final[dict[Rule, str]] = {
    Rule.HOLIDAY: "outside_hours",
    Rule.TIME_OFF: "outside_hours",
    Rule.FULL: "slot_taken",
    Rule.BOOKED: "slot_taken",
    Rule.BUFFER: "slot_taken",
    Rule.RESOURCE_BUSY: "slot_taken",
}


def refusal(service: ServiceRules, calendar: Calendar, start: datetime, *, now: datetime) -> Rule | None:
    """The first rule that forbids this start at `now`, or None when it can be booked."""
    timezone = calendar.schedule.timezone
    return (
        _refused_by_date(service, timezone, start, now)
        or _refused_by_hours(service, calendar, times.ticks(start))
        or taken(service, calendar, start)
        or _refused_by_limits(service, calendar, start)
    )


def _refused_by_date(service: ServiceRules, timezone: str, start: datetime, now: datetime) -> Rule | None:
    if start < now:
        return Rule.IN_THE_PAST
    if start < now + timedelta(minutes=service.min_notice_minutes):
        return Rule.NOTICE
    where = times.zone(timezone)
    on = times.local_date(start, where)
    if on < service.bookable.first or on > last_date(service, times.ticks(now), where):
        return Rule.HORIZON
    return None


def _refused_by_hours(service: ServiceRules, calendar: Calendar, start: int) -> Rule | None:
    lasting = Interval(start, start + service.duration)
    windows = working_hours.window_ticks(calendar.schedule, *lasting)
    if not _inside(windows, lasting):
        holidays = working_hours.holiday_ticks(calendar.schedule, *lasting)
        return Rule.HOLIDAY if _inside(windows + holidays, lasting) else Rule.OUTSIDE_HOURS
    working = working_hours.working_ticks(calendar.schedule, *lasting)
    absent = any(intervals.overlaps(lasting, off) for off in to_spans(calendar.time_off))
    if absent or not _inside(working, lasting):
        return Rule.TIME_OFF
    origins = [opens + service.offset for opens, closes in windows if start < closes]
    on_grid = any(start >= origin and (start - origin) % service.step == 0 for origin in origins)
    return None if on_grid else Rule.NOT_A_SLOT


def _inside(spans: list[Interval[int]], lasting: Interval[int]) -> bool:
    return any(intervals.contains(span, lasting) for span in intervals.merge(spans))


def taken(service: ServiceRules, calendar: Calendar, start: datetime) -> Rule | None:
    """What of the rules that staff cannot override forbids a start: a time or a resource that somebody else has."""
    joined = next((session for session in calendar.sessions if session.starts_at == start), None)
    if joined:
        return None if joined.seats_left > 0 else full(service)
    lasting = Interval(start, start + timedelta(minutes=service.duration_minutes))
    if _meets(lasting, calendar.booked):
        return Rule.BOOKED
    if _meets(occupied(service, start), calendar.busy):
        return Rule.BUFFER
    if calendar.needs and resources.assign(calendar.needs, times.ticks(start), service.wanted) is None:
        return Rule.RESOURCE_BUSY
    return None


def full(service: ServiceRules) -> Rule:
    """What a session without seats is called: a class is full, a single appointment is booked."""
    return Rule.FULL if service.capacity > 1 else Rule.BOOKED


def _meets(wanted: Period, others: Iterable[Period]) -> bool:
    return any(intervals.overlaps(wanted, period) for period in others)


def _refused_by_limits(service: ServiceRules, calendar: Calendar, start: datetime) -> Rule | None:
    if any(session.starts_at == start for session in calendar.sessions):
        return None
    where = times.zone(calendar.schedule.timezone)
    reached = limits.is_reached(calendar.limits, start, service.duration_minutes, where)
    return Rule.LIMIT_REACHED if reached else None
