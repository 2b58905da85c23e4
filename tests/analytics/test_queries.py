"""Reports by worked examples: filters, buckets over a change of the clock, users, conversion."""

import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import queries
from analytics.models import AnalyticsEvent
from analytics.queries import Filters, Point
from analytics.rules.buckets import Bucket, bucket_starts
from authspine.identity.models import Organization
from authspine.kernel import times
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import Scope, organization_scope
from tests.analytics.events import event
from tests.fixtures import new_organization

BERLIN = times.zone("Europe/Berlin")
ANA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def found(*, bucket: str = "day", **wanted: object) -> list[tuple[str, str, int]]:
    """The series in Berlin, each bucket's start as the clock there shows it."""
    filters = Filters(types=["test.seen", "test.done"], **wanted)  # type: ignore[arg-type]
    points = queries.series(queries.matching(filters), bucket, BERLIN)
    return [(point.bucket_start.astimezone(BERLIN).isoformat(), point.type, point.count) for point in points]


@pytest.mark.usefixtures("scope")
def test_days_are_those_of_the_zone() -> None:
    event("test.seen", "2026-10-24T21:59:59.999999+00:00")  # the 24th, 23:59 in Berlin
    event("test.seen", "2026-10-24T22:00:00+00:00")  # the 25th: 25 hours long
    event("test.done", "2026-10-25T12:00:00+00:00")
    event("test.seen", "2026-10-25T22:59:59+00:00")
    event("test.seen", "2026-10-25T23:00:00+00:00")  # the 26th
    assert found() == [
        ("2026-10-24T00:00:00+02:00", "test.seen", 1),
        ("2026-10-25T00:00:00+02:00", "test.done", 1),
        ("2026-10-25T00:00:00+02:00", "test.seen", 2),
        ("2026-10-26T00:00:00+01:00", "test.seen", 1),
    ]


@pytest.mark.usefixtures("scope")
def test_an_hour_that_is_shown_twice_is_two_hours() -> None:
    event("test.seen", "2026-10-25T00:10:00+00:00")  # 02:10 in summer
    event("test.seen", "2026-10-25T00:50:00+00:00")
    event("test.seen", "2026-10-25T01:10:00+00:00")  # 02:10 in winter
    assert found(bucket="hour") == [
        ("2026-10-25T02:00:00+02:00", "test.seen", 2),
        ("2026-10-25T02:00:00+01:00", "test.seen", 1),
    ]


@pytest.mark.usefixtures("scope")
def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    event("test.seen", "2026-10-25T22:59:00+00:00")  # Sunday 23:59
    event("test.seen", "2026-10-25T23:00:00+00:00")  # Monday
    event("test.seen", "2026-10-31T23:00:00+00:00")  # the 1st of November
    assert [(start, count) for start, _, count in found(bucket="week")] == [
        ("2026-10-19T00:00:00+02:00", 1),
        ("2026-10-26T00:00:00+01:00", 2),
    ]
    assert [(start, count) for start, _, count in found(bucket="month")] == [
        ("2026-10-01T00:00:00+02:00", 2),
        ("2026-11-01T00:00:00+01:00", 1),
    ]


@pytest.mark.usefixtures("scope")
def test_a_date_that_is_shown_again_belongs_to_the_bucket_that_began() -> None:
    """St. John's put its clock back from 00:01 to 23:01 of the day before."""
    zone = times.zone("America/St_Johns")
    event("test.seen", "2010-11-07T02:00:00+00:00")  # the 6th
    event("test.seen", "2010-11-07T02:30:30+00:00")  # the 7th begins, for a minute
    event("test.seen", "2010-11-07T03:00:00+00:00")  # the clock shows the 6th again
    points = queries.series(queries.matching(Filters(types=["test.seen"])), "day", zone)
    assert [point.count for point in points] == [1, 2]


SPRING, AUTUMN = at("2026-03-27T00:00:00+00:00"), at("2026-10-23T00:00:00+00:00")


@given(
    instants=st.lists(
        st.builds(
            lambda day, second: day + timedelta(seconds=second),
            st.sampled_from([SPRING, AUTUMN]),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=20,
    ),
    bucket=st.sampled_from(list(Bucket)),
    zone=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata", "UTC"]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_database_agrees_with_the_rules(instants: list[datetime], bucket: Bucket, zone: str) -> None:
    where = times.zone(zone)
    starts = bucket_starts(min(instants), max(instants) + timedelta(microseconds=1), bucket, where)
    expected = Counter(max(start for start in starts if start <= instant) for instant in instants)
    marker = f"s{uuid.uuid4()}"
    with organization_scope(_organization(), SYSTEM):
        AnalyticsEvent.objects.bulk_create(
            [AnalyticsEvent(type="test.seen", timestamp=instant, session_id=marker) for instant in instants]
        )
        points = queries.series(queries.matching(Filters(session_id=marker)), bucket, where)
    assert points == [Point(start, "test.seen", count) for start, count in sorted(expected.items())]


_organizations: list[Organization] = []


def _organization() -> Organization:
    if not _organizations:
        _organizations.append(new_organization())
    return _organizations[0]


@pytest.mark.usefixtures("scope")
def test_the_start_counts_and_the_end_does_not() -> None:
    event("test.seen", "2026-11-01T10:00:00+00:00")
    event("test.seen", "2026-11-01T11:00:00+00:00")
    filters = Filters(start=at("2026-11-01T10:00:00+00:00"), end=at("2026-11-01T11:00:00+00:00"), types=["test.seen"])
    assert [e.timestamp for e in queries.matching(filters)] == [at("2026-11-01T10:00:00+00:00")]
    assert not queries.matching(Filters(start=filters.end, end=filters.start)).exists()


@pytest.mark.usefixtures("scope")
def test_filters_combine_with_and() -> None:
    wanted = event("test.seen", "2026-11-01T10:00:00+00:00", user=ANA, session_id="s1")
    event("test.seen", "2026-11-01T10:00:00+00:00", user=ANA, session_id="s2")
    event("test.seen", "2026-11-01T10:00:00+00:00", user=BEN, session_id="s1")
    event("test.done", "2026-11-01T10:00:00+00:00", user=ANA, session_id="s1")
    event("test.seen", "2026-11-02T10:00:00+00:00", user=ANA, session_id="s1")
    filters = Filters(types=["test.seen"], user=ANA, session_id="s1", end=at("2026-11-02T00:00:00+00:00"))
    assert list(queries.matching(filters)) == [wanted]


@pytest.mark.usefixtures("scope")
def test_nobody_is_no_active_user() -> None:
    for user in (ANA, ANA, BEN, None, None):
        event("test.seen", "2026-11-01T10:00:00+00:00", user=user)
    events = queries.matching(Filters(types=["test.seen"]))
    assert queries.totals(events) == (5, 2)
    assert queries.by_type(events) == {"test.seen": 5}
    assert list(queries.by_user(events)) == [{"user": ANA, "count": 2}, {"user": BEN, "count": 1}]


@pytest.mark.usefixtures("scope")
def test_conversion_is_by_user_and_in_order() -> None:
    users = [uuid.uuid4() for _ in range(5)]
    for user in users[:4]:
        event("test.seen", "2026-11-01T10:00:00+00:00", user=user)
    event("test.done", "2026-11-01T10:00:00+00:00", user=users[0])  # at the same moment: converted
    event("test.done", "2026-11-01T11:00:00+00:00", user=users[0])  # again: still one user
    event("test.done", "2026-11-01T09:00:00+00:00", user=users[1])  # before: not converted
    event("test.done", "2026-11-01T09:00:00+00:00", user=users[2])
    event("test.done", "2026-11-03T09:00:00+00:00", user=users[2])  # before and after: converted
    event("test.done", "2026-11-01T12:00:00+00:00", user=users[4])  # never entered
    event("test.seen", "2026-11-01T10:00:00+00:00")  # nobody
    event("test.done", "2026-11-01T12:00:00+00:00")
    assert queries.conversion("test.seen", "test.done", Filters()).as_json() == {
        "entered": 4, "converted": 2, "rate": 0.5,
    }  # fmt: skip
    until = Filters(end=at("2026-11-02T00:00:00+00:00"))
    assert queries.conversion("test.seen", "test.done", until).converted == 1
    assert queries.conversion("test.never", "test.done", Filters()).rate == 0


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 5)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_conversion_is_never_above_one(steps: list[tuple[str, int, int]]) -> None:
    users = [uuid.uuid4() for _ in range(4)]
    marker = f"s{uuid.uuid4()}"
    with organization_scope(_organization(), SYSTEM):
        for type, user, hour in steps:
            event(f"test.{type}", f"2026-11-01T0{hour}:00:00+00:00", user=users[user], session_id=marker)
        found = queries.conversion("test.a", "test.b", Filters(session_id=marker))
    firsts = {u: min(h for t, v, h in steps if t == "a" and v == u) for t, u, _ in steps if t == "a"}
    converted = {u for t, u, h in steps if t == "b" and u in firsts and h >= firsts[u]}
    assert (found.entered, found.converted) == (len(firsts), len(converted))
    assert 0 <= found.rate <= 1


def test_queries_are_constant_in_the_number_of_events(scope: Scope, django_assert_num_queries: object) -> None:
    for hour in range(20):
        event("test.seen", f"2026-11-01T{hour:02}:00:00+00:00", user=uuid.uuid4())
    with django_assert_num_queries(4):  # type: ignore[operator]
        events = queries.matching(Filters())
        queries.totals(events)
        queries.by_type(events)
        queries.series(events, "hour", BERLIN)
        list(queries.by_user(events))
