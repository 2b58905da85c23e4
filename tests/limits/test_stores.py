"""The database as a storage of `limits`: exact, in one statement, and without anybody's address."""

import itertools
import threading
import uuid
from collections import Counter as Tally
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from pytest_django.fixtures import Settings

from authspine.kernel import clock
from authspine.limits import actions
from authspine.limits.errors import TooMany
from authspine.limits.models import Counter
from authspine.limits.rates import limits
from authspine.limits.stores import Hit, InsideTransaction, PostgresStorage, _id
from authspine.operations import tasks

THREADS = 8


@pytest.fixture
def store() -> PostgresStorage:
    return PostgresStorage()


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


def at_once(ask: Callable[[], Any], times: int) -> Tally[Any]:
    """So many calls by several threads, let go together; what they gave."""
    gate, found = threading.Barrier(THREADS), Tally[Any]()

    def run() -> None:
        gate.wait()
        mine = [ask() for _ in range(times // THREADS)]
        connection.close()
        found.update(mine)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_it_is_a_storage_of_the_library(key: str) -> None:
    storage: Any = storage_from_string("authspine://")
    limiter, item = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(2)
    assert storage.check()
    assert [limiter.hit(item, key) for _ in range(3)] == [True, True, False]
    assert not limiter.test(item, key)
    at, left = limiter.get_window_stats(item, key)
    assert left == 0
    assert 0 < at - clock.now().timestamp() <= 60
    limiter.clear(item, key)
    assert limiter.get_window_stats(item, key).remaining == 2
    assert storage.get_expiry(item.key_for(key)) == 0


def test_many_counters_are_one_statement(store: PostgresStorage, key: str) -> None:
    hits = [Hit(f"{key}{number}", 60 + number) for number in range(3)]
    store.count(hits[:1])
    with CaptureQueriesContext(connection) as captured:
        counts = store.count(hits)
    assert len(captured) == 1
    assert [count.hits for count in counts] == [2, 1, 1]
    assert [round(count.seconds_left) for count in counts] == [60, 61, 62]


def test_a_window_begins_with_its_first_hit(store: PostgresStorage, key: str) -> None:
    assert [store.incr(key, 60), store.incr(key, 60)] == [1, 2]
    _age(key, seconds=59)
    assert store.count([Hit(key, 60)])[0].hits == 3
    _age(key, seconds=1)
    assert store.get(key) == 0
    assert store.incr(key, 60) == 1


def test_what_one_refuses_is_not_counted_for_those_behind(store: PostgresStorage, key: str) -> None:
    """Still one statement; what has refused is the last that is told."""
    hits = [Hit(key, 60, 2), Hit(f"{key}-house", 60, 3), Hit(f"{key}-address", 60, 9)]
    told = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            told.append([count.hits for count in store.count(hits)])
        assert len(captured) == 1
    assert told == [[1, 1, 1], [2, 2, 2], [3]]
    others = [Hit(f"{key}-2", 60, 2), *hits[1:]]
    assert [[count.hits for count in store.count(others)] for _ in range(2)] == [[1, 3, 3], [2, 4]]
    assert [store.get(hit.key) for hit in hits] == [3, 4, 3]


def test_what_one_refuses_is_taken_back_from_those_before(store: PostgresStorage, key: str) -> None:
    """So each has counted what was admitted by all, and itself what it has refused."""
    before = [Hit(f"{key}-{number}", 60, 9) for number in range(2)]
    told = [[count.hits for count in store.count([*before, Hit(key, 60, 2)])] for _ in range(4)]
    assert told == [[1, 1, 1], [2, 2, 2], [3, 3, 3], [3, 3, 4]]
    assert [store.get(hit.key) for hit in before] == [2, 2]


def test_nor_do_many_at_once_leave_anything_there(store: PostgresStorage, key: str) -> None:
    """Of two callers who share an address, however many ask."""
    turns = itertools.count()
    at_once(lambda: len(store.count([Hit(f"{key}-{next(turns) % 2}", 60, 1000), Hit(key, 60, 10)])), 200)
    assert store.get(f"{key}-0") + store.get(f"{key}-1") == 10


def test_processes_of_the_release_before_count_on(key: str) -> None:
    """Until the last of them has ended, by the function that they know."""
    with connection.cursor() as cursor:
        for hits in (1, 2):
            cursor.execute("SELECT * FROM limits_count(%s::uuid[], %s::int[], %s)", [f"{{{key}}}", "{60}", 1])
            assert [(counted.hex, in_window) for counted, in_window, _ in cursor.fetchall()] == [(key, hits)]


def test_those_behind_count_exactly_what_is_admitted(store: PostgresStorage, key: str) -> None:
    """However many ask at once, through whichever of two callers."""
    house, turns = [Hit(f"{key}-house", 60, 1000), Hit(f"{key}-address", 60, 1000)], itertools.count()
    at_once(lambda: len(store.count([Hit(f"{key}-{next(turns) % 2}", 60, 10), *house])), 200)
    assert [store.get(hit.key) for hit in house] == [20, 20]


def _age(key: str, *, seconds: int) -> None:
    Counter.objects.filter(id=_id(key)).update(expires_at=F("expires_at") - timedelta(seconds=seconds))


def test_what_is_over_is_removed_by_a_job(store: PostgresStorage, key: str) -> None:
    store.incr(f"{key}-over", 60)
    store.incr(key, 60)
    _age(f"{key}-over", seconds=61)
    tasks.forget_old_counters(timestamp=0)
    assert not Counter.objects.filter(expires_at__lte=clock.now()).exists()
    assert store.get(key) == 1


def test_a_window_made_by_a_clock_that_was_ahead_is_over(store: PostgresStorage, key: str) -> None:
    """Else whoever was over then would stay so for as long as the clock was ahead."""
    for _ in range(12):
        store.count([Hit(key, 60, 10)])
    _age(key, seconds=-86_400)
    hits, seconds_left = store.count([Hit(key, 60, 10)])[0]
    assert hits == 1
    assert 59 < seconds_left <= 60


def test_a_window_that_began_while_it_was_waited_for_goes_on(store: PostgresStorage, key: str) -> None:
    """It ends later than one that began when the waiting did."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as waiting:
        waiting.execute("SELECT now()")
        store.incr(key, 60)
        values: list[Any] = [f"{{{_id(key)}}}", "{60}", "{10}", 1]
        waiting.execute("SELECT in_window FROM limits_count(%s::uuid[], %s::int[], %s::bigint[], %s)", values)
        assert waiting.fetchone() == (2,)


def test_such_a_window_is_removed_and_no_other_one(store: PostgresStorage, settings: Settings, key: str) -> None:
    settings.RATE_LIMITS = limits("mail=5/day")
    for seconds in (60, 86_400):
        store.incr(f"{key}-{seconds}", seconds)
    store.incr(f"{key}-ahead", 60)
    _age(f"{key}-ahead", seconds=-86_400)
    tasks.forget_old_counters(timestamp=0)
    left = [store.get(f"{key}-{name}") for name in ("60", "86400", "ahead")]
    assert left == [1, 1, 0]


def test_the_table_is_not_logged() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'limits_counter'::regclass")
        assert cursor.fetchone() == ("u",)


def test_a_count_inside_a_transaction_is_a_fault(store: PostgresStorage, key: str, scope: Any) -> None:
    with pytest.raises(InsideTransaction):
        store.incr(key, 60)


def test_a23_of_two_hundred_attempts_at_once_the_limit_is_let_through(settings: Settings, key: str) -> None:
    """(A23, the limit's part)"""
    settings.RATE_LIMITS = limits("login=10/hour")

    def attempt() -> str:
        try:
            actions.attempt("login", f"account:{key}", f"address:{key}")
        except TooMany as refusal:
            return refusal.code
        return "compared"

    assert at_once(attempt, 200) == {"compared": 10, "too_many_requests": 190}
    with pytest.raises(TooMany) as refused:
        actions.attempt("login", f"account:{key}")
    assert 3590 < refused.value.retry_after_seconds <= 3600


def test_what_is_given_back_does_not_count(settings: Settings, key: str) -> None:
    settings.RATE_LIMITS = limits("login=2/hour")
    whom = (f"account:{key}", f"address:{key}")
    for _ in range(5):
        actions.attempt("login", *whom)
        actions.give_back("login", *whom)
    actions.give_back("login", *whom)  # nothing is owed
    actions.attempt("login", *whom)
    actions.attempt("login", *whom)
    with pytest.raises(TooMany):
        actions.attempt("login", *whom)
    with pytest.raises(ValueError, match="read"):
        actions.give_back("read", *whom)


def test_as_much_is_given_back_as_was_counted(store: PostgresStorage, key: str) -> None:
    """However many do it at once."""
    keys = [key, f"{key}-2"]

    def ask() -> bool:
        store.count([Hit(each, 60) for each in keys])
        store.give_back(keys)
        return True

    assert at_once(ask, 80)[True] == 80
    assert [store.get(each) for each in keys] == [0, 0]


def test_nothing_of_a_window_that_is_over_is_given_back(store: PostgresStorage, key: str) -> None:
    store.incr(key, 60)
    _age(key, seconds=60)
    store.give_back([key])
    assert Counter.objects.get(id=_id(key)).hits == 1


def test_control_counted_in_two_steps_more_are_let_through(store: PostgresStorage, key: str) -> None:
    """As a cache counts: it reads, and then writes one more."""
    counts: dict[str, int] = {}
    meeting = threading.Barrier(THREADS)

    def in_two_steps() -> bool:
        seen = counts.get(key, 0)
        meeting.wait(20)
        counts[key] = seen + 1
        return seen < 1

    assert at_once(in_two_steps, THREADS)[True] > 1
    assert at_once(lambda: store.incr(key, 60) <= 1, THREADS)[True] == 1


def test_nobodys_address_is_stored(settings: Settings, key: str) -> None:
    settings.RATE_LIMITS = limits()
    before = set(Counter.objects.values_list("id", flat=True))
    actions.count("read", f"address:203.0.113.{len(before) % 250}", f"account:{key}@example.com")
    assert [field.name for field in Counter._meta.fields] == ["id", "hits", "expires_at"]
    assert len(set(Counter.objects.values_list("id", flat=True)) - before) == 2
    mine = actions._sealed("address:203.0.113.9")
    settings.SECRET_KEY = "another"
    assert actions._sealed("address:203.0.113.9") != mine
