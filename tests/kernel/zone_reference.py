"""A slow, obvious reference for wall time: walk real time minute by minute and look at the clock on the wall.

It knows nothing of gaps, folds and offsets; the code under test is checked against it.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from authspine.kernel import times

MINUTE = timedelta(minutes=1)

CLOCKS_THAT_CHANGE = {
    "Europe/Berlin": [date(2026, 10, 25), date(2027, 3, 28)],
    "America/New_York": [date(2026, 11, 1), date(2027, 3, 14)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2027, 4, 4)],  # half an hour
    "Pacific/Chatham": [date(2026, 9, 27), date(2027, 4, 4)],
    "Pacific/Apia": [date(2011, 12, 30), date(2011, 4, 2)],  # a day that never was
    "America/Sao_Paulo": [date(2018, 11, 4), date(2018, 2, 18)],  # at midnight
    "Africa/Cairo": [date(2027, 4, 30), date(2026, 10, 30)],  # at midnight
    "Asia/Beirut": [date(2027, 3, 28), date(2026, 10, 25)],  # at midnight
    "Africa/Casablanca": [date(2026, 2, 15), date(2026, 3, 22)],  # put back for Ramadan
    "America/St_Johns": [date(2010, 3, 14), date(2010, 11, 7)],  # a minute past midnight
    "Antarctica/Casey": [date(2020, 10, 4), date(2023, 3, 9)],  # three hours
    "America/Havana": [date(2026, 11, 1), date(2027, 3, 14)],
    "Europe/Dublin": [date(2026, 10, 25), date(2027, 3, 28)],  # summer time is the standard there
    "Asia/Kathmandu": [date(1986, 1, 1), date(2027, 3, 28)],
    "UTC": [date(2027, 3, 28)],
}


@lru_cache(maxsize=128)
def walk(name: str, on: date) -> tuple[list[datetime], list[datetime]]:
    """The instants of every minute from a day before a UTC date to a day after, and the latest time shown by then."""
    begin = datetime.combine(on, time(), UTC) - timedelta(days=1)
    instants = [begin + minute * MINUTE for minute in range(3 * 1440)]
    where = ZoneInfo(name)
    shown = (instant.astimezone(where).replace(tzinfo=None) for instant in instants)
    return instants, list(accumulate(shown, max))


def first_showing(name: str, wall: datetime) -> datetime:
    """The first minute at which the clock shows this wall time or later."""
    instants, latest = walk(name, wall.date())
    return instants[bisect_left(latest, wall)]


@cache
def clocks_that_will_change() -> dict[str, list[date]]:
    """Every IANA zone whose clock changes in 2027, with the dates in UTC on which it does."""
    found = {name: _changes_in_2027(ZoneInfo(name)) for name in sorted(times.zone_names())}
    return {name: changes for name, changes in found.items() if changes}


def _changes_in_2027(where: ZoneInfo) -> list[date]:
    midnights = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    offsets = [midnight.astimezone(where).utcoffset() for midnight in midnights]
    return [on.date() for on, offset, later in zip(midnights, offsets, offsets[1:], strict=False) if offset != later]


@cache
def one_of_each_change() -> list[tuple[str, date]]:
    """A zone and a date for each change in 2027: of those whose clocks change alike, hour by hour, the first."""
    found: dict[tuple[object, ...], tuple[str, date]] = {}
    for name, dates in clocks_that_will_change().items():
        for on in dates:
            hours = [datetime.combine(on, time(), UTC) + timedelta(hours=number) for number in range(25)]
            found.setdefault((on, *(hour.astimezone(ZoneInfo(name)).utcoffset() for hour in hours)), (name, on))
    return list(found.values())


@st.composite
def zones_and_dates(draw: st.DrawFn) -> tuple[str, date]:
    """A zone and a date within two days of a change of its clock: the odd ones above as often as all others."""
    clocks = draw(st.sampled_from([CLOCKS_THAT_CHANGE, clocks_that_will_change()]))
    name = draw(st.sampled_from(sorted(clocks)))
    on = draw(st.sampled_from(clocks[name]))
    return name, on + timedelta(days=draw(st.integers(-2, 2)))


def any_zone() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(times.zone_names()))
