"""Time: instants are aware UTC, wall time belongs to a named zone, and the way between them is decided here alone.

Inside rules an instant may be a *tick*: whole microseconds since 1970 in UTC, so that grids and comparisons are exact
integer arithmetic. `ticks` and `from_ticks` are the door.
"""

import re
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2200
END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
YEARS = f"the year lies between {FIRST_YEAR} and {LAST_YEAR}"
MINUTE = 60_000_000  # ticks
DAY_MINUTES = 24 * 60

_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)

# Names that some machines have beside the IANA ones; what they mean depends on the machine.
_NOT_ZONES = {"Factory", "localtime", "posixrules"}

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))"
)


@cache
def zone_names() -> frozenset[str]:
    """The names of all IANA zones that are known here."""
    return frozenset(zoneinfo.available_timezones() - _NOT_ZONES)


def is_zone(name: object) -> bool:
    """Whether this is the exact name of an IANA zone."""
    return isinstance(name, str) and name in zone_names()


def zone(name: str) -> ZoneInfo:
    """The zone of this name. ValueError for anything else: a name is looked up in a list, never opened as a path."""
    if not is_zone(name):
        raise ValueError(f"{str(name)[:60]!r} is not an IANA time zone")
    return ZoneInfo(name)


def ticks(at: datetime) -> int:
    """The tick of an aware time."""
    return (at - EPOCH) // _TICK


def from_ticks(tick: int) -> datetime:
    """The instant of a tick, in UTC."""
    return EPOCH + timedelta(microseconds=tick)


def parse_instant(text: str) -> datetime:
    """An ISO 8601 time with its offset, as an instant in UTC. ValueError, in words for the caller, for anything else.

    A time without offset is refused, since twice a year it means two instants or none.
    """
    found = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(
            "expected an ISO 8601 time with its offset, such as 2026-12-01T09:30:00+01:00 (in a URL + is written %2B)"
        )
    day, clock, fraction, sign, hours, minutes = found.groups()
    local = datetime.fromisoformat(f"{_real(day, clock)}.{(fraction or '')[:6]:0<6}+00:00")
    return _in_range(local, _offset(sign, hours, minutes))


def _real(day: str, clock: str) -> str:
    # Newer versions of Python read 24:00 as the next day's midnight; an instant has one spelling here.
    if clock.startswith("24"):
        raise ValueError("the hours of a time go from 00 to 23")
    return f"{day}T{clock}" if len(clock) > 5 else f"{day}T{clock}:00"


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> timedelta:
    if not sign:
        return timedelta()
    if int(hours or 0) > 23 or int(minutes or 0) > 59:
        raise ValueError("an offset lies between -23:59 and +23:59")
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (1 if sign == "+" else -1)


def _in_range(local: datetime, offset: timedelta) -> datetime:
    # Years first: subtracting an offset from the year 9999 or 1 would overflow.
    if FIRST_YEAR <= local.year <= LAST_YEAR:
        instant = local - offset
        if FIRST_YEAR <= instant.year <= LAST_YEAR:
            return instant
    raise ValueError(YEARS)


def is_in_years(at: datetime) -> bool:
    """Whether an aware time lies in the years that this module and every zone can compute with."""
    return EPOCH <= at < END


def local_date(at: datetime, where: ZoneInfo) -> date:
    """The date that a calendar on the wall shows at this instant."""
    return at.astimezone(where).date()


def instant_of(on: date, minute_of_day: int, where: ZoneInfo) -> datetime:
    """The first instant at which the local clock shows that minute of that date, or later.

    Shown twice (the clock is put back): the first time. Never shown (it is put forward): the jump. Minute 1440 is the
    midnight at the day's end.
    """
    return from_ticks(tick_of(on, minute_of_day, where))


def tick_of(on: date, minute_of_day: int, where: ZoneInfo) -> int:
    """`instant_of` as a tick; on a day without a change of offset it is the midnight plus the minutes."""
    midnight, even = _day(on, where)
    if even:
        return midnight + minute_of_day * MINUTE
    return ticks(_first_showing(datetime.combine(on, time()) + timedelta(minutes=minute_of_day), where))


@lru_cache(maxsize=16_384)
def _day(on: date, where: ZoneInfo) -> tuple[int, bool]:
    """The tick of a local date's first moment, and whether its clock runs evenly until the next midnight.

    Equal offsets at both midnights mean an even day: no zone changes its offset twice within three days (tested).
    """
    midnight = datetime.combine(on, time(), where)
    following = datetime.combine(on + _DAY, time(), where)
    return ticks(_first_showing(midnight.replace(tzinfo=None), where)), midnight.utcoffset() == following.utcoffset()


def ticks_through(on: date, where: ZoneInfo) -> list[tuple[int, int]]:
    """The ticks at which the local date is `on` or earlier, as half-open spans from 1970 on, ascending.

    One span, or two where the clock is put back over midnight, so that the old date is shown again for a while.
    """
    midnight = tick_of(on + _DAY, 0, where)
    again = datetime.combine(on + _DAY, time(fold=1), where).astimezone(UTC)
    if ticks(again) <= midnight:
        return [(0, midnight)]
    return [(0, midnight), (ticks(jump_between(from_ticks(midnight), again, where)), ticks(again))]


def _first_showing(wall: datetime, where: ZoneInfo) -> datetime:
    """The first instant at which the clock shows `wall` (naive) or later."""
    instant = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    if instant.astimezone(where).replace(tzinfo=None) == wall:
        return instant
    # In a gap fold=0 reads the old offset, which gives an instant after the jump, and fold=1 the new one: before it.
    return jump_between(wall.replace(tzinfo=where, fold=1).astimezone(UTC), instant, where)


def jump_between(before: datetime, after: datetime, where: ZoneInfo) -> datetime:
    """The instant in (before, after] at which the zone's offset becomes what it is at `after`; to the second."""
    offset = after.astimezone(where).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(where).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
