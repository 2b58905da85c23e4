"""Zones, the parsing of instants, and the way from wall time to an instant."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authspine.kernel import times
from authspine.kernel.times import instant_of, parse_instant, zone
from tests.kernel.zone_reference import (
    any_zone,
    clocks_that_will_change,
    first_showing,
    one_of_each_change,
    zones_and_dates,
)

INSTANTS = st.integers(10**12, 7 * 10**15).map(lambda tick: times.EPOCH + timedelta(microseconds=tick))


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"]
)
def test_a_zone_goes_by_its_iana_name(name: str) -> None:
    assert times.is_zone(name)
    assert zone(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        "Mars/Phobos", "", " ", "../etc/passwd", "/etc/passwd", "Europe/../Europe/Berlin", "localtime", "Factory",
        "posixrules", "europe/berlin", "Europe/Berlin ", "Europe", "tzdata.zi", "a" * 5000, "Europe/Berlin\0", None, 1,
    ],
)  # fmt: skip
def test_anything_else_is_no_zone(name: str) -> None:
    assert not times.is_zone(name)
    with pytest.raises(ValueError, match="not an IANA time zone") as refused:
        zone(name)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-01T09:30:00+01:00", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        ("2026-12-01T09:30:00Z", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
        ("2026-12-01 09:30z", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
        ("2026-12-01T09:30:00.5-0330", datetime(2026, 12, 1, 13, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-12-01T09:30:00.123456789Z", datetime(2026, 12, 1, 9, 30, 0, 123_456, tzinfo=UTC)),
        ("2028-02-29T00:00:00+23:59", datetime(2028, 2, 28, 0, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_an_instant(text: str, instant: datetime) -> None:
    parsed = parse_instant(text)
    assert parsed == instant
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T09:30:00",  # naive: twice a year it means two instants or none
        "2026-12-01", "09:30:00Z", "now", "", "1764581400", "20261201T093000Z", "2026-W49-2T09:30:00Z",
        "2026-12-01T24:00:00Z", "2026-12-01T24:00Z", "2026-12-01T23:59:60Z", "2026-12-01T25:00:00Z",
        "2026-12-01T09:30:00+25:00", "2026-12-01T09:30:00+24:00", "2026-12-01T09:30:00+01:60",
        "2026-12-01T09:30:00 01:00",  # a + that a URL made a blank
        "2027-02-29T09:30:00Z", "2026-13-01T09:30:00Z", "2026-00-10T09:30:00Z", "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z",
        "1970-01-01T00:00:00+00:01", "2200-12-31T23:59:00-00:01", "٢٠٢٦-12-01T09:30:00Z", "2026-12-01T09:30:00Z\n",
        "2026-12-01T09:30:00.Z", None, 5,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_instant(text)


@given(INSTANTS, st.integers(-1439, 1439))
def test_every_instant_can_be_written_in_every_offset(instant: datetime, offset: int) -> None:
    written = instant.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    if 1970 <= int(written[:4]) <= 2200:
        assert parse_instant(written) == instant


@given(INSTANTS)
def test_a_tick_is_exact(instant: datetime) -> None:
    assert times.from_ticks(times.ticks(instant)) == instant
    assert times.ticks(instant.astimezone(zone("Asia/Kathmandu"))) == times.ticks(instant)


@pytest.mark.parametrize(
    ("name", "on", "clock", "instant"),
    [
        ("Europe/Berlin", date(2027, 3, 28), "01:59", "2027-03-28T00:59:00Z"),
        ("Europe/Berlin", date(2027, 3, 28), "02:00", "2027-03-28T01:00:00Z"),  # never shown: the jump
        ("Europe/Berlin", date(2027, 3, 28), "02:59", "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", date(2027, 3, 28), "03:00", "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), "02:30", "2026-10-25T00:30:00Z"),  # shown twice: the first
        ("Europe/Berlin", date(2026, 10, 25), "03:00", "2026-10-25T02:00:00Z"),
        ("America/New_York", date(2027, 3, 14), "02:30", "2027-03-14T07:00:00Z"),
        ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", date(2027, 4, 4), "01:45", "2027-04-03T14:45:00Z"),
        ("Pacific/Apia", date(2011, 12, 30), "00:00", "2011-12-30T10:00:00Z"),  # the day that never was
        ("Pacific/Apia", date(2011, 12, 30), "17:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", date(2011, 12, 29), "24:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", date(2011, 12, 31), "09:00", "2011-12-30T19:00:00Z"),
        ("America/Sao_Paulo", date(2018, 11, 4), "00:00", "2018-11-04T03:00:00Z"),  # midnight itself is skipped
        ("America/Sao_Paulo", date(2018, 11, 3), "24:00", "2018-11-04T03:00:00Z"),
        ("America/Sao_Paulo", date(2018, 2, 17), "23:30", "2018-02-18T01:30:00Z"),
        ("America/Sao_Paulo", date(2018, 2, 17), "24:00", "2018-02-18T03:00:00Z"),
        ("Africa/Cairo", date(2027, 4, 30), "00:30", "2027-04-29T22:00:00Z"),
        ("Africa/Cairo", date(2026, 10, 29), "24:00", "2026-10-29T22:00:00Z"),
        ("Asia/Beirut", date(2027, 3, 28), "00:00", "2027-03-27T22:00:00Z"),
        ("Asia/Kathmandu", date(2027, 1, 1), "00:00", "2026-12-31T18:15:00Z"),
    ],
)
def test_wall_time_on_days_when_the_clock_changes(name: str, on: date, clock: str, instant: str) -> None:
    hours, minutes = map(int, clock.split(":"))
    assert instant_of(on, hours * 60 + minutes, zone(name)) == parse_instant(instant)


@settings(max_examples=300)
@given(zones_and_dates(), st.integers(0, 1440))
def test_wall_time_is_the_first_showing_near_every_change(place: tuple[str, date], minute: int) -> None:
    name, on = place
    expected = first_showing(name, datetime.combine(on, time()) + timedelta(minutes=minute))
    assert instant_of(on, minute, zone(name)) == expected


def test_wall_time_is_the_first_showing_at_every_change_of_a_clock() -> None:
    assert {"Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca"} <= clocks_that_will_change().keys()
    for name, on in one_of_each_change():
        for minute in range(0, 1441, 15):
            expected = first_showing(name, datetime.combine(on, time()) + timedelta(minutes=minute))
            assert instant_of(on, minute, zone(name)) == expected, (name, on, minute)


@settings(max_examples=60)
@given(any_zone(), st.dates(date(1973, 1, 1), date(2199, 1, 1)), st.integers(0, 1440))
def test_wall_time_is_the_first_showing_in_every_zone(name: str, on: date, minute: int) -> None:
    expected = first_showing(name, datetime.combine(on, time()) + timedelta(minutes=minute))
    assert instant_of(on, minute, zone(name)) == expected


@given(zones_and_dates(), st.integers(-2880, 2880))
def test_the_instants_through_a_date_are_those_that_show_it_or_an_earlier_one(
    place: tuple[str, date], minutes: int
) -> None:
    name, on = place
    where = zone(name)
    instant = datetime.combine(on, time(), UTC) + timedelta(minutes=minutes)
    tick = times.ticks(instant)
    inside = any(start <= tick < end for start, end in times.ticks_through(on, where))
    assert inside == (times.local_date(instant, where) <= on)


def test_a_date_may_be_shown_again_after_it_is_over() -> None:
    """In Newfoundland the clock went from 00:01 back to 23:01 of the day before, at 02:31 in UTC."""
    spans = times.ticks_through(date(2010, 11, 6), zone("America/St_Johns"))
    edges = [times.from_ticks(edge) for span in spans for edge in span]
    clocks = ["1970-01-01T00:00Z", "2010-11-07T02:30Z", "2010-11-07T02:31Z", "2010-11-07T03:30Z"]
    assert edges == [parse_instant(text) for text in clocks]


@settings(max_examples=50)
@given(any_zone(), st.integers(1970, 2100))
def test_no_clock_changes_twice_within_three_days(name: str, year: int) -> None:
    """What the quick way for even days rests on (and so it is in every zone from 1970 on)."""
    changes = changes_of(name, year)
    assert all(later - sooner > timedelta(days=3) for sooner, later in pairwise(changes))


def changes_of(name: str, year: int) -> list[datetime]:
    """The times, to three hours, at which a zone's offset changed in a year."""
    where = zone(name)
    walk = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=3 * number) for number in range(366 * 8)]
    offsets = [instant.astimezone(where).utcoffset() for instant in walk]
    return [instant for instant, before, after in zip(walk[1:], offsets, offsets[1:], strict=False) if before != after]
