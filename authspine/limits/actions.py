"""Counting what somebody does, before it is done. Called outside of any transaction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import ClassVar

from django.conf import settings
from limits import RateLimitItem

from authspine.limits.breaker import WithFallback
from authspine.limits.errors import TooMany
from authspine.limits.rates import STRICT, limits
from authspine.limits.stores import Hit, PostgresStorage, SharedRedis, Store


@dataclass(frozen=True)
class Verdict:
    """The tightest of the limits that were counted: how many it allows, how many are left, and for how long."""

    FIELDS: ClassVar = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

    limit: int
    remaining: int
    seconds_left: int
    is_over: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF's draft of RateLimit fields for HTTP names them."""
        told = (self.limit, self.remaining, self.seconds_left)
        return {name: str(value) for name, value in zip(self.FIELDS, told, strict=True)}


def count(kind: str, *principals: str) -> Verdict | None:
    """Count one more of this kind for each principal, all in one round trip; None where limits are off.

    In the order in which they are named: the caller, then their organization, then their address. What one of them
    refuses is not counted for the others, so that nobody who is refused keeps others out. A principal is `kind:id`
    like an actor: `key:…`, `user:…`, `organization:…`, `address:…`; any other word will do for whom the limit is
    counted as it is.
    """
    rates = settings.RATE_LIMITS.get(kind)
    if rates is None:
        return None
    items = _counters(kind, rates, principals)
    hits = [Hit(key, item.get_expiry(), item.amount) for key, item in items.items()]
    verdicts = [
        Verdict(item.amount, max(item.amount - counted.hits, 0), max(ceil(counted.seconds_left), 1), is_over)
        for item, counted in zip(items.values(), store(strict=kind in STRICT).count(hits), strict=False)
        for is_over in [counted.hits > item.amount]
    ]
    return max(verdicts, key=lambda each: (each.is_over, -each.remaining, each.seconds_left))


def check(kind: str, *principals: str) -> Verdict | None:
    """Likewise. Raises TooMany when one of the limits is passed."""
    verdict = count(kind, *principals)
    if verdict and verdict.is_over:
        raise TooMany(retry_after_seconds=verdict.seconds_left)
    return verdict


def attempt(kind: str, *principals: str) -> None:
    """One more try at what a stranger could guess or flood: `login`, `code`, `mail`. Exact, however many try at once,
    and refused rather than let through where it cannot be counted.

    Called before anything is compared or sent, with the account as it was named and the address
    (`authspine.accounts.guard`). Raises TooMany.
    """
    check(kind, *principals)


def give_back(kind: str, *principals: str) -> None:
    """One that was counted as an `attempt` has succeeded, and does not count: of this kind, for the same principals."""
    if kind not in STRICT:
        raise ValueError(kind)  # Redis may have counted it
    if rates := settings.RATE_LIMITS.get(kind):
        _database().give_back(_counters(kind, rates, principals))


def forget_over() -> int:
    """Remove the counters whose windows are over; how many."""
    # Also where limits are off, or shorter, in this process alone.
    every = [*settings.RATE_LIMITS.values(), *limits().values()]
    return PostgresStorage().forget_over(max(item.get_expiry() for row in every for item in row.values()))


def store(*, strict: bool) -> Store:
    """Where it is counted: in the database what is strict, and all where there is no Redis."""
    return _database() if strict or not settings.REDIS_URL else _redis(settings.REDIS_URL)


@cache
def _database() -> PostgresStorage:
    return PostgresStorage()


@cache
def _redis(url: str) -> Store:
    return WithFallback(SharedRedis(url), _database())


def _counters(kind: str, rates: Mapping[str, RateLimitItem], principals: tuple[str, ...]) -> dict[str, RateLimitItem]:
    """The limit of each principal, by the key that it is counted under."""
    found = {principal: rates.get(principal.partition(":")[0]) or rates[""] for principal in principals}
    return {item.key_for(kind, _sealed(principal)): item for principal, item in found.items()}


def _sealed(principal: str) -> str:
    return hashlib.blake2b(principal.encode(), digest_size=16, key=_secret(settings.SECRET_KEY)).hexdigest()


@cache
def _secret(secret: str) -> bytes:
    return hashlib.sha512(b"authspine.limits:" + secret.encode()).digest()
