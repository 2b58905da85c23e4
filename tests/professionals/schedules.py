"""Random schedules near clock changes, and what their windows are by the slow reference."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from authspine.kernel.intervals import Interval
from professionals.rules.working_hours import Override, Range, Schedule, WeeklyWindow
from tests.kernel.zone_reference import first_showing, zones_and_dates

# Round times make windows touch, and hit the very minutes at which clocks change.
STARTS = st.one_of(st.integers(0, 1439), st.integers(0, 47).map(lambda half: half * 30))
ENDS = st.one_of(st.integers(0, 1440), st.integers(0, 48).map(lambda half: half * 30))
RANGES = st.tuples(STARTS, ENDS)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, date]:
    """A schedule, and a date near which its zone's clock changes."""
    name, around = draw(zones_and_dates())
    weekly = [window(day, span) for span in draw(st.lists(RANGES, max_size=2)) for day in range(7)]
    weekly += draw(st.lists(st.builds(window, st.integers(0, 6), RANGES), max_size=4))
    days = st.integers(-3, 3).map(lambda offset: around + timedelta(days=offset))
    overrides = draw(st.dictionaries(days, st.lists(RANGES, max_size=3).map(tuple), max_size=3))
    return Schedule(name, tuple(weekly), tuple(Override(on, ranges) for on, ranges in overrides.items())), around


def window(weekday: int, span: Range) -> WeeklyWindow:
    return WeeklyWindow(weekday, *span)


def windows_of(schedule: Schedule, since: datetime, until: datetime) -> list[Interval[datetime]]:
    """The windows of all dates from three days before to three days after, by the letter of the rules."""
    found = []
    on = since.date() - timedelta(days=3)
    while on <= until.date() + timedelta(days=3):
        for start, end in ranges_on(schedule, on):
            end_on = on if end > start else on + timedelta(days=1)
            found.append(Interval(shown(schedule, on, start), shown(schedule, end_on, end)))
        on += timedelta(days=1)
    return found


def ranges_on(schedule: Schedule, on: date) -> list[Range]:
    for override in schedule.overrides:
        if override.on == on:
            return list(override.ranges)
    return [(week.start_minute, week.end_minute) for week in schedule.weekly if week.weekday == on.weekday()]


def shown(schedule: Schedule, on: date, minute: int) -> datetime:
    return first_showing(schedule.timezone, datetime.combine(on, time()) + timedelta(minutes=minute))
