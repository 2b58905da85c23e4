"""Random schedules near clock changes, and what their windows are by the slow reference."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from authspine.kernel.intervals import Interval
from professionals.rules.working_hours import ALWAYS, Dates, Override, Place, Range, Schedule, Travel, WeeklyWindow
from tests.kernel.zone_reference import first_showing, zones_and_dates

# Round times make windows touch, and hit the very minutes at which clocks change.
STARTS = st.one_of(st.integers(0, 1439), st.integers(0, 47).map(lambda half: half * 30))
ENDS = st.one_of(st.integers(0, 1440), st.integers(0, 48).map(lambda half: half * 30))
RANGES = st.tuples(STARTS, ENDS)


# Zones that run evenly near all of the changes above, and a quarter of an hour off the others.
OTHER_ZONES = ["UTC", "Asia/Tokyo", "Asia/Kathmandu", "America/Phoenix"]


@st.composite
def schedules(draw: st.DrawFn, *, whole: bool = False) -> tuple[Schedule, date]:
    """A schedule, and a date near which its zone's clock changes; `whole`: with places, travels, closures, holidays."""
    name, around = draw(zones_and_dates())
    days = st.integers(-3, 3).map(lambda offset: around + timedelta(days=offset))
    spans = st.tuples(days, days).map(lambda two: Dates(min(two), max(two)))
    places = st.none() | st.sampled_from([draw(_places(days, spans)) for _ in range(2)]) if whole else st.none()
    valid = st.just(ALWAYS) | spans if whole else st.just(ALWAYS)
    weekly = [window(day, span) for span in draw(st.lists(RANGES, max_size=2)) for day in range(7)]
    weekly += draw(st.lists(st.builds(window, st.integers(0, 6), RANGES, valid, places), max_size=4))
    overrides = draw(st.dictionaries(days, st.tuples(st.lists(RANGES, max_size=3).map(tuple), places), max_size=3))
    told = tuple(Override(on, ranges, place) for on, (ranges, place) in overrides.items())
    if not whole:
        return Schedule(name, tuple(weekly), told), around
    travels = tuple(Travel(span, zone) for span, zone in draw(st.lists(st.tuples(spans, _zones()), max_size=1)))
    closed, holidays = draw(st.lists(spans, max_size=1).map(tuple)), draw(st.frozensets(days, max_size=2))
    return Schedule(name, tuple(weekly), told, travels, closed, holidays), around


def _zones() -> st.SearchStrategy[str]:
    return st.sampled_from(OTHER_ZONES)


def _places(days: st.SearchStrategy[date], spans: st.SearchStrategy[Dates]) -> st.SearchStrategy[Place]:
    closed = st.lists(spans, max_size=1).map(tuple)
    return st.builds(Place, st.uuids(), _zones(), closed, st.frozensets(days, max_size=1))


def window(weekday: int, span: Range, valid: Dates = ALWAYS, place: Place | None = None) -> WeeklyWindow:
    return WeeklyWindow(weekday, *span, valid, place)


class Opening(NamedTuple):
    """A window, what of it is closed, and whether a holiday takes all of it away."""

    window: Interval[datetime]
    closed: list[Interval[datetime]]
    is_holiday: bool


def openings_of(schedule: Schedule, since: datetime, until: datetime) -> list[Opening]:
    """The windows of all dates from three days before to three days after, by the letter of the rules."""
    found = []
    on = since.date() - timedelta(days=3)
    while on <= until.date() + timedelta(days=3):
        for start, end, place, is_holiday in ranges_on(schedule, on):
            zone = zone_on(schedule, on, place)
            end_on = on if end > start else on + timedelta(days=1)
            closed = place.closed if place else schedule.closed
            spans = [
                Interval(shown(zone, one.first, 0), shown(zone, one.last + timedelta(days=1), 0)) for one in closed
            ]
            found.append(Opening(Interval(shown(zone, on, start), shown(zone, end_on, end)), spans, is_holiday))
        on += timedelta(days=1)
    return found


def windows_of(schedule: Schedule, since: datetime, until: datetime) -> list[Interval[datetime]]:
    """Those that no holiday takes away."""
    return [opening.window for opening in openings_of(schedule, since, until) if not opening.is_holiday]


def ranges_on(schedule: Schedule, on: date) -> list[tuple[int, int, Place | None, bool]]:
    for override in schedule.overrides:
        if override.on == on:
            return [(start, end, override.place, False) for start, end in override.ranges]
    return [
        (week.start_minute, week.end_minute, week.place, on in (week.place or schedule).holidays)
        for week in schedule.weekly
        if week.weekday == on.weekday() and week.valid.first <= on <= week.valid.last
    ]


def zone_on(schedule: Schedule, on: date, place: Place | None) -> str:
    if place:
        return place.timezone
    for travel in schedule.travels:
        if travel.dates.first <= on <= travel.dates.last:
            return travel.timezone
    return schedule.timezone


def shown(zone: str, on: date, minute: int) -> datetime:
    return first_showing(zone, datetime.combine(on, time()) + timedelta(minutes=minute))
