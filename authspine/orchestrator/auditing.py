"""The audit's care: entries get their places in the chain, and the chain is proved."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from authspine.audit import chain
from authspine.audit.chain import Proof
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
            while not stop() and (extended := _extend(organization)):
                done += extended
        except Exception as error:
            if sweep.is_away(error):
                raise
            sweep.tell(str(organization), error)
    return done


def prove(organization: Organization, *, progress: Callable[[int], object] = lambda done: None) -> Proof:
    """Number what has no number yet, and prove the chain of all that has, as it stands at one moment."""
    while _extend(organization.id):
        pass
    with organization_scope(organization, SYSTEM, snapshot=True):
        return chain.prove(progress=progress)


def length(organization: Organization) -> int:
    """How long the chain is said to be."""
    with organization_scope(organization, SYSTEM):
        return chain.count()


def _extend(organization: UUID) -> int:
    known = cast(Any, SimpleNamespace(id=organization))
    with organization_scope(known, SYSTEM):
        return chain.extend()
