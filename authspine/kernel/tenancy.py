"""The one seam between code and tenant data: a scope is one transaction of one organization.

`organization_scope` is the only place that opens a transaction for tenant data. Inside it the row-level policies let
the app role see that organization's rows, and the managers of `TenantModel` filter by the same organization: sealed
twice. Outside it, managers raise and policies show nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from authspine.kernel import trace
from authspine.kernel.actor import Actor

if TYPE_CHECKING:
    from authspine.identity.models import Organization

# A writer that waits longer than this for a lock answers "busy, try again" instead of piling up.
LOCK_TIMEOUT = "3s"

# One moment for every read of a long one, such as an export. It must be said before the first query.
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# The same for what also writes that it has been read.
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

# How reads are planned, the same on every server: without parallel plans, since to start one costs 5 ms, ten times what
# a read of the engine takes; and as on an SSD, since at the default for turning disks the server would rather read all
# of a table of a million rows than look up a thousand of them.
_OPEN = (
    "SELECT set_config('app.organization_id', %s, true), set_config('app.actor', %s, true),"
    " set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
    " set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true),"
    # For the audit: what is being worked on, and where it came from.
    " set_config('app.request_id', %s, true), set_config('app.address', %s, true)"
)


# Whether this process serves nobody who waits: a worker, a command.
_patient = False


def be_patient() -> None:
    """From now on a statement of this process may take as long as one of a long read."""
    global _patient
    _patient = True


def is_patient() -> bool:
    return _patient


def _longest(is_long: bool) -> str:
    """How long one statement may take before the server ends it: what takes longer holds its connection for nothing."""
    long = is_long or _patient
    return f"{settings.LONG_STATEMENT_TIMEOUT_SECONDS if long else settings.STATEMENT_TIMEOUT_SECONDS}s"


def _traced(actor: Actor) -> tuple[str, str]:
    """The id of what is being worked on, and from where it was asked for.

    A client's own address is personal, and the audit could never forget it again: it stays with the proxy's log, where
    the id finds it for as long as that is kept.
    """
    work = trace.current()
    if work is None:
        return "", ""
    is_client = "client" in (actor.kind, work.actor and work.actor.kind)
    return work.id, "" if is_client else work.address


class OutsideScopeError(RuntimeError):
    """Tenant data was touched outside of an organization scope: a fault of the program, never of a caller."""


@dataclass(frozen=True)
class Scope:
    """The organization whose data the current transaction may touch, and who is acting."""

    organization: "Organization"
    actor: Actor
    # What was found out in this transaction and holds until its end, such as keys that it has made itself.
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    # What is done last before the commit, and what is around the transaction and learns whether it has committed.
    lasts: list[Callable[[], None]] = field(default_factory=list, repr=False, compare=False)
    around: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)


_current: ContextVar[Scope | None] = ContextVar("organization_scope", default=None)


@contextmanager
def organization_scope(
    organization: "Organization", actor: Actor, *, snapshot: bool = False, one_moment: bool = False
) -> Iterator[Scope]:
    """Open the transaction in which `organization`'s data may be read and changed by `actor`.

    With `snapshot` it may only be read, and every read sees the same moment; with `one_moment` every read does so, and
    rows may be added.

    Commits at the end, rolls back on any exception. Scopes do not nest (RuntimeError): a journey that needs several
    transactions is called outside of any and opens them one after the other.
    """
    scope = Scope(organization, actor)
    with scope.around, transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            if snapshot or one_moment:
                cursor.execute(SNAPSHOT if snapshot else ONE_MOMENT)
            longest = _longest(snapshot or one_moment)
            cursor.execute(_OPEN, [str(organization.id), str(actor), LOCK_TIMEOUT, longest, *_traced(actor)])
        token = _current.set(scope)
        try:
            yield scope
            for last in scope.lasts:
                last()
        finally:
            _current.reset(token)


def current() -> Scope:
    """The scope that is open; raises OutsideScopeError when there is none."""
    scope = _current.get()
    if scope is None:
        raise OutsideScopeError("tenant data is only reachable inside organization_scope()")
    return scope


def memo() -> dict[Any, Any]:
    """The open scope's own; one that nobody keeps where there is none."""
    scope = _current.get()
    return scope.memo if scope else {}


def open_scope() -> Scope | None:
    """The scope that is open, or None: for who only tells of it."""
    return _current.get()


def organization_id() -> UUID:
    """The id of the organization whose scope is open; raises OutsideScopeError when there is none."""
    return current().organization.id


def default_organization_id() -> UUID | None:
    """The default of every tenant row's organization. None outside of a scope: the database then refuses the row."""
    scope = _current.get()
    return scope.organization.id if scope else None


def refuse_inside() -> None:
    """Called first by a journey that talks to the outside world: no network call may run inside a transaction."""
    if _current.get() is not None:
        raise OutsideScopeError("this journey opens scopes of its own and must be called outside of any")
