"""Why a start cannot be booked: the code of the first of the eight rules that forbids it.

Asked in this order: what the start alone decides, then the working hours, then who has the time already. Written apart
from `slots`, rule by rule, so that each is a check on the other.
"""

from datetime import datetime, timedelta

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, ServiceRules, last_date, occupied, to_spans
from professionals.rules import working_hours

IN_THE_PAST = "in_the_past"
NOTICE = "notice"
HORIZON = "horizon"
OUTSIDE_HOURS = "outside_hours"
NOT_A_SLOT = "not_a_slot"
SLOT_TAKEN = "slot_taken"


def refusal(service: ServiceRules, calendar: Calendar, start: datetime, *, now: datetime) -> str | None:
    """The code of the first rule that forbids this start at `now`, or None when it can be booked."""
    timezone = calendar.schedule.timezone
    return (
        _refused_by_date(service, timezone, start, now)
        or _refused_by_hours(service, calendar, times.ticks(start))
        or (SLOT_TAKEN if is_taken(service, calendar, start) else None)
    )


def _refused_by_date(service: ServiceRules, timezone: str, start: datetime, now: datetime) -> str | None:
    if start < now:
        return IN_THE_PAST
    if start < now + timedelta(minutes=service.min_notice_minutes):
        return NOTICE
    if service.horizon_days is not None:
        where = times.zone(timezone)
        if times.local_date(start, where) > last_date(service, times.ticks(now), where):
            return HORIZON
    return None


def _refused_by_hours(service: ServiceRules, calendar: Calendar, start: int) -> str | None:
    lasting = Interval(start, start + service.duration)
    windows = working_hours.window_ticks(calendar.schedule, *lasting)
    absent = any(intervals.overlaps(lasting, off) for off in to_spans(calendar.time_off))
    if absent or not any(intervals.contains(working, lasting) for working in intervals.merge(windows)):
        return OUTSIDE_HOURS
    on_grid = any(opens <= start < closes and (start - opens) % service.step == 0 for opens, closes in windows)
    return None if on_grid else NOT_A_SLOT


def is_taken(service: ServiceRules, calendar: Calendar, start: datetime) -> bool:
    """Whether the time of a booking at `start` is not free: the only rule that staff cannot override."""
    for session in calendar.sessions:
        if session.starts_at == start:
            return session.seats_left < 1
    wanted = occupied(service, start)
    return any(intervals.overlaps(wanted, period) for period in calendar.busy)
