"""A Redis that is gone, hangs or has no room: the database counts, soon, and nothing is let through uncounted."""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import RedisError

from authspine.limits import actions
from authspine.limits.breaker import WithFallback
from authspine.limits.errors import TooMany
from authspine.limits.rates import STRICT, limits
from authspine.limits.stores import REDIS_SECONDS, Count, Hit
from tests.limits import redis
from tests.rest import Api, refused

HITS = [Hit("a", 60)]


class Scripted:
    """A store that counts, or fails while it is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.asked = away, 0

    def count(self, hits: Sequence[Hit]) -> list[Count]:
        self.asked += 1
        if self.away:
            raise RedisGone
        return [Count(self.asked, 60.0) for _ in hits]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_second_counts_until_the_first_is_back(caplog: pytest.LogCaptureFixture) -> None:
    first, second, clock = Scripted(away=True), Scripted(), Clock()
    store = WithFallback(first, second, cool_down=5, clock=clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            store.count(HITS)
        assert (first.asked, second.asked) == (1, 10)
        clock.now = 5
        store.count(HITS)  # one looks, in vain
        store.count(HITS)
        assert (first.asked, second.asked) == (2, 12)
        first.away, clock.now = False, 10
        store.count(HITS)
        store.count(HITS)
        assert (first.asked, second.asked) == (4, 12)
    # Once for each time, whoever asks.
    assert [record.message for record in caplog.records] == [
        "Redis does not answer (ConnectionError): limits are counted in the database.",
        "Redis answers again.",
    ]


def test_where_both_are_away_nothing_is_counted_as_let_through() -> None:
    class Away:
        def count(self, hits: Sequence[Hit]) -> list[Count]:
            raise OperationalError

    with pytest.raises(OperationalError):
        WithFallback(Scripted(away=True), Away()).count(HITS)


@pytest.fixture(params=["hanging", "gone", "refusing"])
def broken(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """A Redis that does not count, configured."""
    found: Any = getattr(redis, request.param)()
    with nullcontext(found) if isinstance(found, str) else found as url:
        settings.REDIS_URL = url
        settings.RATE_LIMITS = limits("every=3/minute")
        yield request.param


def test_c10_the_database_counts_instead_and_nobody_waits_long(broken: str, api_client: Api) -> None:
    """(C10) With sockets in the place of Redis; the deep suite has a real one."""
    began = time.perf_counter()
    answers = [api_client.get("/clients") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused(answers[-1], 429, "too_many_requests")
    # One of them has waited for it; the rest is the requests' own, on a machine that may be busy.
    assert time.perf_counter() - began < REDIS_SECONDS + 10


def test_c10_one_try_waits_no_longer_than_promised(broken: str) -> None:
    """(C10)"""
    store = actions.store(strict=False)
    assert isinstance(store, WithFallback)
    began = time.perf_counter()
    with pytest.raises((RedisError, OSError)):
        store.first.count(HITS)
    assert time.perf_counter() - began < REDIS_SECONDS + 5


@pytest.mark.parametrize("kind", sorted(STRICT))
def test_c10_what_could_be_guessed_is_never_let_through(broken: str, kind: str) -> None:
    """(C10) It does not even ask Redis: one that forgets would let a stranger begin anew."""
    account = f"account:{uuid.uuid4()}"
    for _ in range(3):
        actions.attempt(kind, account)
    with pytest.raises(TooMany):
        actions.attempt(kind, account)


def test_c10_without_any_store_no_attempt_is_let_through(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """(C10)"""

    def away(*args: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(type(actions.store(strict=True)), "count", away)
    for kind in ("login", "money", "read"):
        with pytest.raises(OperationalError):
            actions.attempt(kind, "account:a")


def test_without_any_store_the_answer_is_to_come_again(api_client: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(type(actions.store(strict=True)), "count", away)
    refused(api_client.get("/clients"), 503, "unavailable")


class Forgetful:
    """As a Redis that is flushed before each request."""

    def count(self, hits: Sequence[Hit]) -> list[Count]:
        return [Count(1, 60.0) for _ in hits]


@pytest.mark.parametrize("kind", [*sorted(STRICT), "read"])
def test_c10_a_redis_that_forgets_opens_no_sign_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """(C10) The control: what is merely frequent is let through by one that forgets."""
    settings.REDIS_URL, settings.RATE_LIMITS = redis.gone(), limits("every=3/minute")
    monkeypatch.setattr(actions, "_redis", lambda url: Forgetful())
    who = f"account:{uuid.uuid4()}"
    verdicts = [actions.count(kind, who) for _ in range(4)]
    assert [verdict and verdict.is_over for verdict in verdicts] == [False] * 3 + [kind in STRICT]
