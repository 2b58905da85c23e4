"""Where things stand in a week: pure arithmetic, by cases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from authspine.demo.calendar import layout
from authspine.demo.calendar.layout import Grid, Kind, Span

MONDAY = date(2026, 11, 30)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 30, tzinfo=UTC) + timedelta(days=day, hours=hour, minutes=minute)


def span(start: datetime, minutes: int, kind: Kind = "booked") -> Span:
    return Span(kind, start, start + timedelta(minutes=minutes))


def grid(*spans: Span, zone: ZoneInfo | None = None) -> Grid:
    return layout.lay_out(MONDAY, zone or ZoneInfo("UTC"), spans, now=LONG_AGO)


def test_a_span_stands_on_its_day_at_its_minute() -> None:
    found = grid(span(at(2, 9, 30), 75))
    assert [len(day.pieces) for day in found.days] == [0, 0, 1, 0, 0, 0, 0]
    piece = found.days[2].pieces[0]
    assert (piece.place, piece.starts, piece.ends) == ("h9 m30 lh1 lm15", "09:30", "10:45")


def test_a_span_past_midnight_is_cut_into_its_days() -> None:
    found = grid(span(at(0, 23), 120))
    assert [(piece.starts, piece.ends, piece.starts_here) for day in found.days for piece in day.pieces] == [
        ("23:00", "24:00", True),
        ("00:00", "01:00", False),
    ]


def test_what_touches_midnight_stays_on_its_day() -> None:
    assert [len(day.pieces) for day in grid(span(at(0, 23), 60)).days] == [1, 0, 0, 0, 0, 0, 0]


def test_office_hours_are_shown_at_least_and_what_lies_beyond_too() -> None:
    assert grid().classes.split()[:2] == ["from9", "span8"]
    assert grid(span(at(0, 7, 30), 30), span(at(4, 19), 70)).classes.split()[:2] == ["from7", "span14"]


def test_closed_hours_and_now_widen_nothing() -> None:
    found = grid(span(at(0, 0), 1440, "closed"), Span("now", at(1, 3), at(1, 3)))
    assert found.classes.split()[:2] == ["from9", "span8"]


def test_the_shortest_thing_decides_how_tall_an_hour_is() -> None:
    for minutes, zoom in ((90, 60), (60, 60), (45, 30), (30, 30), (25, 20), (15, 15), (10, 10), (5, 5), (1, 5)):
        assert grid(span(at(0, 9), minutes)).classes.split()[2] == f"zoom{zoom}"


def test_free_starts_are_drawn_until_the_next_one() -> None:
    free = [span(at(0, 9, minute), 60, "free") for minute in (0, 30)]
    assert [(piece.starts, piece.ends) for piece in grid(*free).days[0].pieces] == [
        ("09:00", "09:30"),
        ("09:30", "10:30"),
    ]


def test_days_are_those_of_the_zone() -> None:
    found = grid(span(at(0, 23, 30), 30), zone=BERLIN)
    assert found.days[1].pieces[0].starts == "00:30"


def test_a_day_with_a_jump_of_the_clock_keeps_wall_time() -> None:
    """In Berlin the clock jumps from 02:00 to 03:00 on 29 March 2026."""
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    days = layout.lay_out(date(2026, 3, 23), BERLIN, [span(start, 90)], now=LONG_AGO).days
    assert [(piece.starts, piece.ends) for piece in days[6].pieces] == [("01:30", "04:00")]


def test_today_is_known_in_the_zone() -> None:
    days = layout.lay_out(MONDAY, BERLIN, [], now=at(0, 23, 30)).days
    assert [day.is_today for day in days] == [False, True, False, False, False, False, False]


def test_a_week_begins_on_monday() -> None:
    assert {layout.week_of(MONDAY + timedelta(days=day)) for day in range(7)} == {MONDAY}
