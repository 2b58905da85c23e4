"""Buckets of a time series: hours, days, weeks and months of the wall clock in a zone, as instants.

The starts cut time into pieces without gap or overlap: an instant belongs to the last start at or before it. A day is
as long as the local day is (23 or 25 hours where the clock changes); an hour that is shown twice is two buckets.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from authspine.kernel import times
from authspine.kernel.errors import Invalid

# More points than a chart can show; it also bounds the work that one request can ask for.
MAX_BUCKETS = 10_000


class Bucket(StrEnum):
    """How wide: weeks start on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_SHORTEST = {
    Bucket.HOUR: timedelta(hours=1),
    Bucket.DAY: timedelta(days=1),
    Bucket.WEEK: timedelta(weeks=1),
    Bucket.MONTH: timedelta(days=28),
}


def bucket_starts(start: datetime, end: datetime, bucket: str, where: ZoneInfo) -> list[datetime]:
    """The starts of the buckets that cover [start, end), ascending, in UTC; the first is at or before `start`.

    Raises Invalid when there would be more than MAX_BUCKETS.
    """
    width = Bucket(bucket)
    if (end - start) / _SHORTEST[width] > MAX_BUCKETS:
        raise Invalid(
            f"That is more than {MAX_BUCKETS} buckets: ask for a shorter time or wider buckets.", field="bucket"
        )
    if start >= end:
        return []
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return _hours(start, end, where) if width is Bucket.HOUR else _dates(start, end, width, where)


def _dates(start: datetime, end: datetime, width: Bucket, where: ZoneInfo) -> list[datetime]:
    on = _first(times.local_date(start, where), width)
    found: list[datetime] = []
    while not found or found[-1] < end:
        begins = times.instant_of(on, 0, where)
        if begins <= start:
            found = [begins]
        elif begins > found[-1]:  # a date that the zone skipped has no time of its own
            found.append(begins)
        on = _following(on, width)
    return found[:-1]


def _first(on: date, width: Bucket) -> date:
    if width is Bucket.WEEK:
        return on - timedelta(days=on.weekday())
    return on.replace(day=1) if width is Bucket.MONTH else on


def _following(on: date, width: Bucket) -> date:
    if width is Bucket.MONTH:
        return (on + timedelta(days=31)).replace(day=1)
    return on + _SHORTEST[width]


def _hours(start: datetime, end: datetime, where: ZoneInfo) -> list[datetime]:
    begins = start - _past_the_hour(start, where)
    found = [begins if _offset(begins, where) == _offset(start, where) else times.jump_between(begins, start, where)]
    while found[-1] < end:
        found.append(_next_hour(found[-1], where))
    return found[:-1]


def _next_hour(at: datetime, where: ZoneInfo) -> datetime:
    following = at + _SHORTEST[Bucket.HOUR] - _past_the_hour(at, where)
    if _offset(following, where) == _offset(at, where):
        return following
    return times.jump_between(at, following, where)


def _past_the_hour(at: datetime, where: ZoneInfo) -> timedelta:
    local = at.astimezone(where)
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def _offset(at: datetime, where: ZoneInfo) -> timedelta | None:
    return at.astimezone(where).utcoffset()
