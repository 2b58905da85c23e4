"""(C10) Limits with a real Redis: while it is there, gone, stopped, full, flushed, and begun anew."""

import itertools
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.limits import actions
from authspine.limits.breaker import WithFallback
from authspine.limits.errors import TooMany
from authspine.limits.rates import limits
from authspine.limits.stores import REDIS_SECONDS, Hit, SharedRedis
from tests.deep.redis_server import Server, served
from tests.limits.test_stores import at_once
from tests.payments.paying import shop
from tests.rest import Api, caller

pytestmark = pytest.mark.deep

LIMIT = 20


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[Server]:
    with served(tmp_path) as server:
        settings.REDIS_URL = server.url
        settings.RATE_LIMITS = limits(f"every={LIMIT}/5minutes")
        yield server


def store() -> WithFallback:
    found = actions.store(strict=False)
    assert isinstance(found, WithFallback)
    found.cool_down = 0.2
    return found


def read(times: int, who: str) -> list[bool]:
    """Whether each was let through."""
    found = [actions.count("read", f"account:{who}") for _ in range(times)]
    return [verdict is not None and not verdict.is_over for verdict in found]


def attempts(times: int, who: str) -> int:
    """How many were let through."""
    passed = 0
    for _ in range(times):
        try:
            actions.attempt("login", f"account:{who}")
        except TooMany:
            continue
        passed += 1
    return passed


@pytest.fixture
def who() -> str:
    return uuid.uuid4().hex


def test_redis_counts_exactly_and_keeps_no_address(server: Server, who: str) -> None:
    counts = at_once(lambda: actions.count("read", f"account:{who}", f"address:{who}").is_over, 200)  # type: ignore[union-attr]
    assert counts == {False: LIMIT, True: 200 - LIMIT}
    names = [key.decode() for key in server.client.scan_iter()]
    assert len(names) == 2
    assert not [name for name in names if who in name]
    assert all(0 < server.client.ttl(name) <= 300 for name in names)


def test_redis_counts_for_the_others_only_what_is_admitted(server: Server, who: str) -> None:
    """One round trip, and exact however many ask at once through two callers."""
    redis, turns = SharedRedis(server.url), itertools.count()
    house = [Hit(f"{who}-house", 60, 1000), Hit(f"{who}-address", 60, 15)]
    at_once(lambda: len(redis.count([Hit(f"{who}-{next(turns) % 2}", 60, 10), *house])), 200)
    assert redis.get(house[0].key) == 15
    *told, last = redis.count([third := Hit(f"{who}-3", 60, 10), *house])
    assert [count.hits for count in told] == [1, 16]
    assert last.hits > 15
    assert all(0 < count.seconds_left <= 60 for count in [*told, last])
    assert [redis.get(hit.key) for hit in (third, house[0])] == [0, 15]


@pytest.mark.parametrize("harm", ["kill", "stop"])
def test_c10_the_database_counts_until_it_is_back(server: Server, who: str, harm: str) -> None:
    """(C10)"""
    assert all(read(2, who))
    store()
    getattr(server, harm)()
    began = time.perf_counter()
    assert read(LIMIT + 5, who) == [True] * LIMIT + [False] * 5
    assert time.perf_counter() - began < 3 * REDIS_SECONDS + 1
    server.start() if harm == "kill" else server.go_on()
    time.sleep(0.3)
    read(1, who)
    assert not store().away
    assert server.client.dbsize() == 1


@pytest.mark.parametrize("harm", ["kill", "stop"])
def test_c10_bookings_and_payments_go_on(
    server: Server, organization: Organization, settings: Settings, harm: str
) -> None:
    """(C10)"""
    settings.RATE_LIMITS = limits("every=100000/minute")
    studio, api = shop(organization), caller(organization)
    wanted = {"client": str(studio.client.id), "service": str(studio.service.id)}
    getattr(server, harm)()
    began = time.perf_counter()
    held = _done(api, "/bookings", wanted | {"starts_at": studio.at(10).isoformat()})
    paid = _done(api, "/payments/intents", {"booking": held["id"], "method": "cash"})
    _done(api, f"/payments/intents/{paid['id']}/confirm", {})
    assert time.perf_counter() - began < 3


def _done(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(path, body)
    assert answer.status_code in (200, 201), answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("harm", ["flushed", "begun anew", "full", "gone", "stopped"])
def test_c10_no_attempt_to_sign_in_is_let_through(server: Server, who: str, harm: str) -> None:
    """(C10) Half of the attempts before, half after."""
    before = attempts(LIMIT // 2, who)
    if harm == "flushed":
        server.client.flushall()
    elif harm == "full":
        server.client.config_set("maxmemory", "1")
    elif harm == "stopped":
        server.stop()
    else:
        server.kill()
        if harm == "begun anew":
            server.start()
    assert before + attempts(LIMIT, who) == LIMIT


def test_c10_where_it_is_full_the_database_counts(server: Server, who: str) -> None:
    """(C10)"""
    server.client.config_set("maxmemory", "1")
    assert read(LIMIT + 5, who) == [True] * LIMIT + [False] * 5


def test_c10_what_is_flushed_begins_anew_and_no_more(server: Server, who: str) -> None:
    """(C10)"""
    assert read(LIMIT + 1, who) == [True] * LIMIT + [False]
    server.client.flushall()
    assert read(LIMIT + 1, who) == [True] * LIMIT + [False]
