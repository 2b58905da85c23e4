"""The audit's care: entries get their places in the chain, and the chain is proved."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from authspine.audit import chain
from authspine.audit.chain import Proof
from authspine.audit.heads import Head
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import sweep


def chain_all(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Number what has no number yet in every organization, closed ones too; how many entries.

    What fails in one organization stops no other; a database that is away is raised.
    """
    done = 0
    for organization in chain.pending():
        try:
            while not stop() and (extended := _some(organization)):
                done += extended
        except Exception as error:
            if sweep.is_away(error):
                raise
            sweep.tell(str(organization), error)
    return done


def extend(organization: Organization) -> None:
    """Number what has no number yet in one organization."""
    while _some(organization.id):
        pass


def prove(
    organization: Organization,
    *,
    kept: Iterable[Head] = (),
    progress: Callable[[int], object] = lambda done: None,
) -> Proof:
    """Prove the chain of all that has a number, as it stands at one moment, and that `kept` heads stand in it."""
    with organization_scope(organization, SYSTEM, snapshot=True):
        return chain.prove(kept=kept, progress=progress)


def head(organization: Organization) -> Head | None:
    """Where the chain is said to end; None where nothing has a number yet."""
    with organization_scope(organization, SYSTEM):
        return chain.head()


def _some(organization: UUID) -> int:
    known = cast(Any, SimpleNamespace(id=organization))
    with organization_scope(known, SYSTEM):
        return chain.extend()
