"""The audit's care: entries get their places in the chain, and the chain is proved."""

import logging
import random
from collections import deque
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError

from authspine.audit import chain
from authspine.audit.chain import Proof
from authspine.audit.heads import Head
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import sweep
from authspine.orchestrator.sweep import Sweep

logger = logging.getLogger(__name__)


def chain_all(*, stop: Callable[[], bool] = lambda: False) -> Sweep:
    """Number what has no number yet in every organization, closed ones too; how many entries, and where it failed.

    A batch for each in turn, and `stop` is asked before each: who has many keeps nobody waiting, and who comes last is
    another one every time. What fails in one organization stops no other; a database that is away is raised.
    """
    swept = Sweep()
    pending = chain.pending()
    waiting = deque(random.sample(pending, len(pending)))
    while waiting and not stop():
        organization = waiting.popleft()
        try:
            extended = _some(organization)
        except Exception as error:
            if sweep.is_away(error):
                raise
            _tell(organization, error)
            swept.failed.append(str(organization))
        else:
            swept.done += extended
            if extended >= chain.BATCH:
                waiting.append(organization)
    return swept


def _tell(organization: UUID, error: Exception) -> None:
    if isinstance(error, IntegrityError):
        # The next number is taken, or the head would not grow: the head is not where the last entry is.
        logger.error("The audit of the organization %s cannot be numbered; run manage.py verify_audit", organization)
    else:
        sweep.tell(str(organization), error)


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
