"""The eight slot rules, each asked of every minute: slow, obvious, and sharing no code with what it checks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from authspine.kernel.intervals import Interval
from bookings.rules.calendar import Calendar, Period, ServiceRules
from tests.professionals.schedules import windows_of

MINUTE = timedelta(minutes=1)


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
        self.windows = [
            w for w in windows_of(calendar.schedule, since, until) if w.start < near.end and near.start < w.end
        ]
        self.working = covered(self.windows)
        self.off = covered(list(calendar.time_off))
        self.busy = covered(list(calendar.busy))
        self.sessions = {session.starts_at: session.seats_left for session in calendar.sessions}

    def starts(self, since: datetime, until: datetime) -> list[datetime]:
        """Rule 1."""
        return [minute for minute in minutes_in(since, until) if self.is_bookable(minute)]

    def is_bookable(self, start: datetime) -> bool:
        return self.is_on_grid(start) and self.fits(start) and self.is_free(start) and self.is_in_time(start)

    def is_on_grid(self, start: datetime) -> bool:
        """Rules 2 to 4."""
        step = timedelta(minutes=self.service.slot_interval_minutes or self.service.duration_minutes)
        return any(
            window.start <= start < window.end and (start - window.start) % step == timedelta()
            for window in self.windows
        )

    def fits(self, start: datetime) -> bool:
        """Rule 5."""
        lasting = minutes_in(start, start + self.service.duration_minutes * MINUTE)
        return all(minute in self.working and minute not in self.off for minute in lasting)

    def is_free(self, start: datetime) -> bool:
        """Rules 6 and 8."""
        if start in self.sessions:
            return self.sessions[start] > 0
        wanted = Interval(
            start - self.service.buffer_before_minutes * MINUTE,
            start + (self.service.duration_minutes + self.service.buffer_after_minutes) * MINUTE,
        )
        return not any(minute in self.busy for minute in minutes_in(*wanted))

    def is_in_time(self, start: datetime) -> bool:
        """Rule 7."""
        where = ZoneInfo(self.calendar.schedule.timezone)
        ahead = (start.astimezone(where).date() - self.now.astimezone(where).date()).days
        soon_enough = self.service.horizon_days is None or ahead <= self.service.horizon_days
        return soon_enough and start >= self.now + self.service.min_notice_minutes * MINUTE
