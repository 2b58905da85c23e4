"""How a journey with scopes of its own tells what became of the request that it is carried out for.

In the scope that commits its durable attempt it calls `begin`; in its last one `end`, so that the answer is committed
with the effect. A request that is taken up again finds by `begun` what an earlier run has committed, and goes on with
it. Where nobody keeps the answer (the demo, the admin, a request without a key) all of it does nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol
from uuid import UUID


class Keeper(Protocol):
    """Who keeps what a journey tells; called inside a scope."""

    @property
    def attempt(self) -> UUID | None: ...

    def begin(self, attempt: UUID) -> None: ...

    def end(self, outcome: Any) -> None: ...


_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


@contextmanager
def kept_by(keeper: Keeper) -> Iterator[None]:
    """What journeys tell inside is for this one."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


def begun() -> UUID | None:
    """The attempt that an earlier run of the same request has committed; None where this is the first to come so far.

    Whoever gets one must not make another.
    """
    keeper = _keeper.get()
    return keeper.attempt if keeper else None


def begin(attempt: UUID) -> None:
    """The attempt that this scope commits: from here on the request is resumed and never started again.

    Raises InFlight, so that nothing is committed, when somebody else carries the request out by now.
    """
    if keeper := _keeper.get():
        keeper.begin(attempt)


def end(outcome: Any) -> None:
    """What this scope, the journey's last, commits: the row to be shown, or the refusal that is raised next."""
    if keeper := _keeper.get():
        keeper.end(outcome)
