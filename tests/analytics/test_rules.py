"""Event types, conversion and cells by cases; buckets by cases and against the clock on the wall."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.rules import buckets, event_types
from analytics.rules.buckets import MAX_BUCKETS, Bucket, bucket_starts
from analytics.rules.conversion import Conversion
from authspine.kernel.errors import Invalid
from authspine.kernel.spreadsheet import cell
from authspine.kernel.times import parse_instant, zone
from tests.kernel.zone_reference import CLOCKS_THAT_CHANGE, zones_and_dates


@pytest.mark.parametrize("type", ["newsletter.opened", "a.b", "x1.y_2.z", "web.page.seen", "a.1"])
def test_a_callers_own_type(type: str) -> None:
    assert event_types.is_well_formed(type)
    assert not event_types.is_reserved(type)


@pytest.mark.parametrize(
    "type",
    [
        "", "opened", "Newsletter.opened", ".opened", "opened.", "a..b", "1a.b", "_a.b", "a.B",
        "a b.c", "a.é", "a.b\n", "a." + "b" * 99, None,
    ],
)  # fmt: skip
def test_anything_else_is_no_type(type: str) -> None:
    assert not event_types.is_well_formed(type)


@pytest.mark.parametrize(
    "type", ["booking.created", "booking.invented", "payment.x.y", "platform.initialized", "client.a", "resource.a"]
)
def test_the_platforms_families_are_its_own(type: str) -> None:
    assert event_types.is_reserved(type)


def test_a_family_is_a_whole_word() -> None:
    assert not event_types.is_reserved("bookings.created")
    assert not event_types.is_reserved("client_2.created")


def test_the_platforms_types() -> None:
    assert len(event_types.PLATFORM_TYPES) == 2 + 1 + 9 + 5 + 3 + 2 + 2 + 3 + 3 + 10 + 7
    assert {
        "vertical.configured",
        "professional.verified",
        "booking.no_show",
        "resource.deleted",
    } <= event_types.PLATFORM_TYPES
    assert all(
        event_types.is_well_formed(type) and event_types.is_reserved(type) for type in event_types.PLATFORM_TYPES
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (None, ""),
        ("", ""),
        ("a=b", "a=b"),
        ('{"a": "=1"}', '{"a": "=1"}'),
        ("'quoted", "'quoted"),
    ],
)
def test_no_text_in_a_spreadsheet_runs(value: object, shown: str) -> None:
    """(D12)"""
    assert cell(value) == shown


@pytest.mark.parametrize(("entered", "converted", "rate"), [(0, 0, 0.0), (4, 0, 0.0), (4, 1, 0.25), (3, 3, 1.0)])
def test_a_rate_lies_between_nothing_and_all(entered: int, converted: int, rate: float) -> None:
    assert Conversion(entered, converted).as_json() == {"entered": entered, "converted": converted, "rate": rate}


@pytest.mark.parametrize(("entered", "converted"), [(0, 1), (3, 4), (3, -1)])
def test_nobody_converts_who_did_not_enter(entered: int, converted: int) -> None:
    with pytest.raises(ValueError, match="entered"):
        Conversion(entered, converted)


@pytest.mark.parametrize(
    ("bucket", "name", "month", "asked", "starts"),
    [
        ("day", "UTC", "2027-01", "01T00:00 03T00:00", "01T00:00 02T00:00"),
        ("day", "UTC", "2027-01", "01T00:01 02T00:01", "01T00:00 02T00:00"),
        ("day", "UTC", "2027-01", "01T00:00 01T00:00", ""),
        ("week", "UTC", "2027-01", "05T12:00 11T00:01", "04T00:00 11T00:00"),
        ("month", "UTC", "2027-01", "31T00:00 31T23:59", "01T00:00"),
        # Days of 23 and 25 hours.
        ("day", "Europe/Berlin", "2027-03", "27T23:00 28T22:01", "27T23:00 28T22:00"),
        ("day", "Europe/Berlin", "2026-10", "24T22:00 25T23:01", "24T22:00 25T23:00"),
        # The hour that is skipped, and the hour that is shown twice.
        ("hour", "Europe/Berlin", "2027-03", "28T00:00 28T02:00", "28T00:00 28T01:00"),
        ("hour", "Europe/Berlin", "2026-10", "25T00:00 25T02:00", "25T00:00 25T01:00"),
        ("hour", "Asia/Kathmandu", "2027-01", "02T00:00 02T01:00", "01T23:15 02T00:15"),
        # Put forward by half an hour: 02:00 is 02:30. Put back by half an hour: 02:00 is 01:30 again.
        ("hour", "Australia/Lord_Howe", "2026-10", "03T15:00 03T16:30", "03T14:30 03T15:30 03T16:00"),
        ("hour", "Australia/Lord_Howe", "2027-04", "03T14:00 03T16:00", "03T14:00 03T15:00 03T15:30"),
        ("hour", "Australia/Lord_Howe", "2027-04", "03T15:10 03T15:20", "03T15:00"),
        # Midnight is skipped; a whole day is skipped; after 00:01 it is 23:01 again.
        ("day", "America/Sao_Paulo", "2018-11", "04T02:00 04T04:00", "03T03:00 04T03:00"),
        ("day", "Pacific/Apia", "2011-12", "29T12:00 31T10:00", "29T10:00 30T10:00"),
        ("day", "America/St_Johns", "2010-11", "07T03:00 08T03:00", "07T02:30"),
    ],
)
def test_buckets_are_those_of_the_wall_clock(bucket: str, name: str, month: str, asked: str, starts: str) -> None:
    start, end = (parse_instant(f"{month}-{text}Z") for text in asked.split())
    assert bucket_starts(start, end, bucket, zone(name)) == [
        parse_instant(f"{month}-{text}Z") for text in starts.split()
    ]


def test_weeks_and_months_begin_before_the_range_if_need_be() -> None:
    start, end = datetime(2027, 1, 1, 12, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    assert bucket_starts(start, end, "week", zone("UTC"))[0] == datetime(2026, 12, 28, tzinfo=UTC)
    assert bucket_starts(start, end, "month", zone("UTC")) == [datetime(2027, month, 1, tzinfo=UTC) for month in (1, 2)]


RANGES = st.tuples(st.integers(-4000, 4000), st.integers(1, 6000))


@given(zones_and_dates(), RANGES, st.sampled_from(list(Bucket)))
def test_buckets_cover_the_range_without_gap_or_overlap(
    place: tuple[str, date], span: tuple[int, int], bucket: Bucket
) -> None:
    name, on = place
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=span[0])
    end = start + timedelta(minutes=span[1])
    found = bucket_starts(start, end, bucket, zone(name))
    assert all(one < other for one, other in pairwise(found))
    assert found[0] <= start
    assert all(start < begins < end for begins in found[1:])


@settings(max_examples=50)
@given(zones_and_dates(), st.integers(-2000, 2000), st.sampled_from([Bucket.HOUR, Bucket.DAY]))
def test_within_a_bucket_the_clock_shows_one_hour_or_one_date(
    place: tuple[str, date], offset: int, bucket: Bucket
) -> None:
    name, on = place
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=offset)
    found = bucket_starts(start, start + timedelta(days=2), bucket, zone(name))
    for begins, ends in pairwise(found):
        shown = {
            label(begins + minute * timedelta(minutes=1), name, bucket)
            for minute in range((ends - begins) // timedelta(minutes=1))
        }
        assert len(shown) == 1 or name == "America/St_Johns"  # where the clock went back to the day before
        assert label(ends, name, bucket) not in shown


def label(instant: datetime, name: str, bucket: Bucket) -> tuple[object, ...]:
    local = instant.astimezone(zone(name))
    return (local.date(),) if bucket is Bucket.DAY else (local.date(), local.hour, local.utcoffset())


def test_a_day_is_one_bucket_wherever_the_clock_changes() -> None:
    for name, dates in CLOCKS_THAT_CHANGE.items():
        for on in dates:
            noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
            found = bucket_starts(noon - timedelta(days=3), noon + timedelta(days=3), "day", zone(name))
            assert 6 <= len(found) <= 8, name


def test_there_is_a_limit_and_it_is_told() -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    assert len(bucket_starts(start, start + timedelta(hours=MAX_BUCKETS), "hour", zone("UTC"))) == MAX_BUCKETS
    for bucket, width in buckets._SHORTEST.items():
        with pytest.raises(Invalid, match="more than"):
            bucket_starts(start - (MAX_BUCKETS + 1) * width, start, bucket, zone("UTC"))
