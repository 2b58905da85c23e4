"""Limits of a professional's local days, weeks (from Monday) and months: by number of sessions and by minutes.

A session counts in the period in which it starts. Whoever joins a session that is there adds nothing to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from authspine.kernel import intervals, times
from authspine.kernel.intervals import Interval
from professionals.rules.limits import PERIODS, Period
from professionals.rules.working_hours import Dates


class Engagement(NamedTuple):
    """A live session: when it starts, and how many minutes it lasts."""

    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than so many sessions, or so many minutes of them, in each period; None: no limit."""

    period: Period
    bookings: int | None
    minutes: int | None
    engagements: Sequence[Engagement] = ()

    def forbids(self, engagements: int, minutes: int, duration_minutes: int) -> bool:
        """Whether a further session does not fit beside so many, which last so many minutes."""
        too_many = self.bookings is not None and engagements >= self.bookings
        return too_many or (self.minutes is not None and minutes + duration_minutes > self.minutes)


def limits_of(told: Mapping[str, Mapping[str, Any]], engagements: Sequence[Engagement]) -> list[Limit]:
    """The limits as they are stored (`professionals.rules.limits`), with what counts against them."""
    return [
        Limit(period, told[period].get("bookings"), told[period].get("minutes"), engagements)
        for period in PERIODS
        if period in told
    ]


def period_around(period: Period, on: date) -> Dates:
    """The day, week or month in which a date lies."""
    if period == "week":
        monday = on - timedelta(days=on.weekday())
        return Dates(monday, monday + timedelta(days=6))
    if period == "month":
        first = on.replace(day=1)
        return Dates(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return Dates(on, on)


def is_reached(limits: Sequence[Limit], start: datetime, duration_minutes: int, where: ZoneInfo) -> bool:
    """Whether a new session that starts then would go past one of the limits."""
    on = times.local_date(start, where)
    for limit in limits:
        around = period_around(limit.period, on)
        counted = [one for one in limit.engagements if around.include(times.local_date(one.starts_at, where))]
        if limit.forbids(len(counted), sum(one.minutes for one in counted), duration_minutes):
            return True
    return False


def exhausted(
    limits: Sequence[Limit], asked: Interval[int], duration_minutes: int, where: ZoneInfo
) -> list[Interval[int]]:
    """The ticks of what is asked at which no new session may start for the limits' sake."""
    found: list[Interval[int]] = []
    for limit in limits:
        counts: dict[date, list[int]] = {}
        for one in limit.engagements:
            key = period_around(limit.period, times.local_date(one.starts_at, where)).first
            counts.setdefault(key, []).append(one.minutes)
        for around in _periods(limit.period, asked, where):
            here = counts.get(around.first, [])
            if limit.forbids(len(here), sum(here), duration_minutes):
                found += _ticks_of(around, where)
    return intervals.merge(found)


def _periods(period: Period, asked: Interval[int], where: ZoneInfo) -> list[Dates]:
    # The date after as well: a clock that is put back over midnight shows a later date before an earlier one.
    on = period_around(period, times.local_date(times.from_ticks(asked.start), where) - timedelta(days=1)).first
    last = times.local_date(times.from_ticks(asked.end), where) + timedelta(days=1)
    found = []
    while on <= last:
        around = period_around(period, on)
        found.append(around)
        on = around.last + timedelta(days=1)
    return found


def _ticks_of(dates: Dates, where: ZoneInfo) -> list[Interval[int]]:
    through = [Interval(*span) for span in times.ticks_through(dates.last, where)]
    before = [Interval(*span) for span in times.ticks_through(dates.first - timedelta(days=1), where)]
    return intervals.subtract(through, before)
