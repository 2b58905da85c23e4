"""Where hits are counted: a table of the database that all processes share, or Redis. Both are storages of `limits`.

A window begins with its first hit and lasts as long as its limit says. Both count many counters in one round trip, and
each of them exactly, however many ask at once. What one counter refuses is counted by that one alone.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection
from limits.storage import RedisStorage, Storage
from redis.backoff import NoBackoff
from redis.retry import Retry

# A Redis that hangs keeps nobody waiting for longer, half of it to connect.
REDIS_SECONDS: Final = 0.2

# One statement, which the migration explains. Arrays as text: to adapt them would take longer than to count.
_COUNT: Final = "SELECT * FROM limits_count(%s::uuid[], %s::int[], %s::bigint[], %s)"
# In the order in which it is counted. What is over has nothing to give back.
_GIVE_BACK: Final = """
    WITH held AS MATERIALIZED (
        SELECT id FROM limits_counter JOIN unnest(%s::uuid[]) WITH ORDINALITY AS named (id, place) USING (id)
        WHERE expires_at > now() ORDER BY place FOR UPDATE OF limits_counter
    )
    UPDATE limits_counter SET hits = greatest(hits - 1, 0) FROM held WHERE limits_counter.id = held.id
"""
_FORGET: Final = """
    DELETE FROM limits_counter WHERE id IN (
        SELECT id FROM limits_counter
        WHERE expires_at <= now() OR expires_at > clock_timestamp() + %s * interval '1 second'
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
"""
_READ: Final = """
    SELECT hits, extract(epoch FROM expires_at - now())::float8, extract(epoch FROM expires_at)::float8
    FROM limits_counter WHERE id = %s AND expires_at > now()
"""


# The same for Redis, which runs one script at a time.
_COUNT_IN_REDIS: Final = """
    local told = {}
    for place, key in ipairs(KEYS) do
        local hits = redis.call("INCRBY", key, 1)
        if hits == 1 then redis.call("EXPIRE", key, ARGV[2 * place - 1]) end
        told[2 * place - 1], told[2 * place] = hits, redis.call("PTTL", key)
        if hits > (tonumber(ARGV[2 * place]) or math.huge) then
            for before = 1, place - 1 do redis.call("DECRBY", KEYS[before], 1) end
            break
        end
    end
    return told
"""


class Hit(NamedTuple):
    """One more for a counter, whose window lasts so long once it has begun, and which admits so many in it."""

    key: str
    seconds: int
    most: int | None = None


class Count(NamedTuple):
    """How many there are in the window now, and how long it lasts still."""

    hits: int
    seconds_left: float


class Store(Protocol):
    def count(self, hits: Sequence[Hit]) -> list[Count]:
        """Of all of them in their order, up to the first that admits no more: then it is counted for that one alone."""


class InsideTransaction(RuntimeError):
    """A refusal would undo its own count, and others would wait for the commit: a fault of the program."""


class PostgresStorage(Storage):
    """Counts in the app's database, on its own connection but outside of any transaction."""

    STORAGE_SCHEME = ("authspine",)  # type: ignore[assignment]

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (DatabaseError, InterfaceError)

    def count(self, hits: Sequence[Hit], amount: int = 1) -> list[Count]:
        if connection.in_atomic_block:
            raise InsideTransaction
        ids = _array(_id(hit.key).hex for hit in hits)
        windows = _array(str(hit.seconds) for hit in hits)
        most = _array("NULL" if hit.most is None else str(hit.most) for hit in hits)
        return [Count(*row) for row in self._run(_COUNT, ids, windows, most, amount)]

    def give_back(self, keys: Iterable[str]) -> None:
        """One less for each of these counters, named in the order in which they were counted, in one round trip."""
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, [_array(_id(key).hex for key in keys)])

    def forget_over(self, longest: int) -> int:
        """Remove what nobody counts on; how many. A counter that is in use just now is left for the next time.

        No window lasts for more than `longest` seconds: one that would was made while the clock was ahead.
        """
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [longest])
            return int(cursor.rowcount)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self.count([Hit(key, expiry)], amount)[0].hits

    def get(self, key: str) -> int:
        return int(next((hits for hits, *_ in self._run(_READ, _id(key))), 0))

    def get_expiry(self, key: str) -> float:
        return float(next((at for *_, at in self._run(_READ, _id(key))), 0.0))

    def check(self) -> bool:
        return bool(self._run("SELECT 1"))

    def reset(self) -> int | None:
        return len(self._run("DELETE FROM limits_counter RETURNING id"))

    def clear(self, key: str) -> None:
        self._run("DELETE FROM limits_counter WHERE id = %s RETURNING id", _id(key))

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            found: list[Any] = cursor.fetchall()
            return found


def _array(values: Iterable[str]) -> str:
    return f"{{{','.join(values)}}}"


def _id(key: str) -> UUID:
    return UUID(bytes=hashlib.blake2b(key.encode(), digest_size=16).digest())


class SharedRedis(RedisStorage):
    """`limits`' own, which counts many at once and gives up soon. Not tried again: the database counts instead."""

    STORAGE_SCHEME = ("authspine+redis",)  # type: ignore[assignment]

    def __init__(self, url: str) -> None:
        half = REDIS_SECONDS / 2
        super().__init__(url, socket_timeout=half, socket_connect_timeout=half, retry=Retry(NoBackoff(), 0))  # type: ignore[arg-type]
        self._count: Any = self.storage.register_script(_COUNT_IN_REDIS)

    def count(self, hits: Sequence[Hit]) -> list[Count]:
        keys = [self.prefixed_key(hit.key) for hit in hits]
        told = self._count(keys, [said for hit in hits for said in (hit.seconds, "" if hit.most is None else hit.most)])
        return [Count(int(told[at]), told[at + 1] / 1000) for at in range(0, len(told), 2)]
