"""The ten slot rules, each asked of every minute: slow, obvious, and sharing no code with what it checks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, Period, ServiceRules
from bookings.rules.limits import Limit
from bookings.rules.resources import ResourceCalendar
from tests.professionals.schedules import openings_of, windows_of

MINUTE = timedelta(minutes=1)
KEYS: dict[str, Callable[[date], object]] = {
    "day": lambda on: on,
    "week": lambda on: on.isocalendar()[:2],
    "month": lambda on: (on.year, on.month),
}


def minutes_in(start: datetime, end: datetime) -> list[datetime]:
    """The whole minutes in [start, end)."""
    first = start.replace(second=0, microsecond=0)
    first += MINUTE if first < start else timedelta()
    found = []
    while first < end:
        found.append(first)
        first += MINUTE
    return found


def covered(periods: list[Period]) -> set[datetime]:
    return {minute for start, end in periods for minute in minutes_in(start, end)}


class Reference:
    """Which minutes can be booked; everything drawn for it lies on whole minutes, except `now` and the query."""

    def __init__(
        self, service: ServiceRules, calendar: Calendar, now: datetime, since: datetime, until: datetime
    ) -> None:
        self.service, self.calendar, self.now = service, calendar, now
        near = Interval(since, until + timedelta(hours=4))  # no service drawn lasts longer
        openings = [
            one
            for one in openings_of(calendar.schedule, since, until)
            if one.window.start < near.end and near.start < one.window.end
        ]
        self.windows = [one.window for one in openings if not one.is_holiday]
        self.working = {
            minute for one in openings if not one.is_holiday for minute in covered([one.window]) - covered(one.closed)
        }
        self.off = covered(list(calendar.time_off))
        self.busy = covered(list(calendar.busy))
        self.sessions = {session.starts_at: session.seats_left for session in calendar.sessions}

    def starts(self, since: datetime, until: datetime) -> list[datetime]:
        """Rule 1."""
        return [minute for minute in minutes_in(since, until) if self.is_bookable(minute)]

    def is_bookable(self, start: datetime) -> bool:
        may_start = self.is_on_grid(start) and self.fits(start) and self.is_in_time(start)
        return may_start and self.is_free(start) and (self.joins(start) or self.is_served(start, 0, frozenset()))

    def is_on_grid(self, start: datetime) -> bool:
        """Rules 2 to 4."""
        step = timedelta(minutes=self.service.slot_interval_minutes or self.service.duration_minutes)
        offset = timedelta(minutes=self.service.slot_offset_minutes)
        return any(
            window.start + offset <= start < window.end and (start - window.start - offset) % step == timedelta()
            for window in self.windows
        )

    def fits(self, start: datetime) -> bool:
        """Rule 5."""
        lasting = minutes_in(start, start + self.service.duration_minutes * MINUTE)
        return all(minute in self.working and minute not in self.off for minute in lasting)

    def is_free(self, start: datetime) -> bool:
        """Rules 6, 8 and 10."""
        if start in self.sessions:
            return self.sessions[start] > 0
        if any(self.is_used_up(limit, start) for limit in self.calendar.limits):
            return False
        wanted = Interval(
            start - self.service.buffer_before_minutes * MINUTE,
            start + (self.service.duration_minutes + self.service.buffer_after_minutes) * MINUTE,
        )
        return not any(minute in self.busy for minute in minutes_in(*wanted))

    def joins(self, start: datetime) -> bool:
        return self.sessions.get(start, 0) > 0

    def is_served(self, start: datetime, number: int, taken: frozenset[UUID]) -> bool:
        """Rule 9: some choice of resources from this need on, none of them twice. Tries them all."""
        if number == len(self.calendar.needs):
            return True
        return any(
            one.id not in taken and self.has(one, start) and self.is_served(start, number + 1, taken | {one.id})
            for one in self.calendar.needs[number]
        )

    def has(self, resource: ResourceCalendar, start: datetime) -> bool:
        end = start + self.service.duration_minutes * MINUTE
        before, after = self.service.buffer_before_minutes * MINUTE, self.service.buffer_after_minutes * MINUTE
        if set(minutes_in(start - before, end + after)) & covered(list(resource.busy)):
            return False
        lasting = set(minutes_in(start, end))
        if lasting & covered(list(resource.down)):
            return False
        return resource.schedule is None or lasting <= covered(windows_of(resource.schedule, start, end))

    def is_used_up(self, limit: Limit, start: datetime) -> bool:
        """Rule 10: count what starts in the same local day, week or month."""
        where = ZoneInfo(self.calendar.schedule.timezone)
        key = KEYS[limit.period](start.astimezone(where).date())
        same = [one for one in limit.engagements if KEYS[limit.period](one.starts_at.astimezone(where).date()) == key]
        minutes = sum(one.minutes for one in same) + self.service.duration_minutes
        return (limit.bookings is not None and len(same) + 1 > limit.bookings) or (
            limit.minutes is not None and minutes > limit.minutes
        )

    def is_in_time(self, start: datetime) -> bool:
        """Rule 7."""
        where = ZoneInfo(self.calendar.schedule.timezone)
        on = start.astimezone(where).date()
        ahead = (on - self.now.astimezone(where).date()).days
        soon_enough = self.service.horizon_days is None or ahead <= self.service.horizon_days
        on_sale = self.service.bookable.first <= on <= self.service.bookable.last
        return soon_enough and on_sale and start >= self.now + self.service.min_notice_minutes * MINUTE
