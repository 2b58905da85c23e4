"""What the platform does by itself in every organization: one scope each, as the system.

What fails in one organization stops no other. It is logged without the database's words, which quote whole rows.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError, OperationalError

from authspine.identity import queries as identity_queries
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.tenancy import organization_scope

logger = logging.getLogger(__name__)


@dataclass
class Sweep:
    """How much was done, and the slugs of the organizations in which it could not be."""

    done: int = 0
    failed: list[str] = field(default_factory=list)


def in_every_organization(work: Callable[[], int], *, stop: Callable[[], bool] = lambda: False) -> Sweep:
    """Run `work` in each open organization; `stop` is asked before each, so that a worker can end.

    Called outside of any scope. A database that is away is no organization's failure: it is raised.
    """
    sweep = Sweep()
    for organization in identity_queries.open_organizations():
        if stop():
            break
        try:
            with organization_scope(organization, SYSTEM):
                done = work()
        except Exception as error:
            if is_away(error):
                raise
            tell(organization.slug, error)
            sweep.failed.append(organization.slug)
        else:
            sweep.done += done
    return sweep


def is_away(error: Exception) -> bool:
    """Whether the database is away: one that answers says what is wrong by a code; without, the connection failed."""
    return isinstance(error, OperationalError | InterfaceError) and _sqlstate(error) is None


def tell(slug: str, error: Exception) -> None:
    """Log what has failed in an organization."""
    if isinstance(error, PlatformError):
        logger.error("The sweep of the organization %s was refused: %s", slug, error.code)
    elif isinstance(error, DatabaseError):
        kind = type(error.__cause__ or error).__name__
        logger.error("The sweep of the organization %s failed: %s (%s)", slug, kind, _sqlstate(error))
    else:
        logger.error("The sweep of the organization %s failed", slug, exc_info=error)


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
