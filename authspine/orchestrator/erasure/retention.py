"""Clients whom nobody has served for longer than their verticals keep them are erased, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict, Missing
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.erasure.clients import check_client, erase_client
from clients import queries as client_queries
from professionals import queries as professional_queries


@dataclass
class Retention:
    """Who was erased, or would be; and who must stay for now, each with the code of what is in the way."""

    erased: list[tuple[Organization, UUID]] = field(default_factory=list)
    kept: list[tuple[Organization, UUID, str]] = field(default_factory=list)


def apply_retention(*, dry_run: bool = False, stop: Callable[[], bool] = lambda: False) -> Retention:
    """In every open organization erase the clients whose time is over: the longest `data_retention_days` of the
    verticals that they were booked in, else of all verticals, since their last booking's end or their registration.

    Whoever may not be erased (a legal hold, a payment in flight) stays and is asked about again the next time. With
    `dry_run` nobody is. Each is an erasure of its own, committed; `stop` is asked before each. Called outside of any
    scope. Raises ErasureListAway.
    """
    tenancy.refuse_inside()
    done = Retention()
    for organization in identity_queries.open_organizations():
        for client in _over(organization):
            if stop():
                return done
            _end(organization, client, done, dry_run=dry_run)
    return done


def _over(organization: Organization) -> list[UUID]:
    with organization_scope(organization, SYSTEM):
        days = [vertical.data_retention_days for vertical in professional_queries.verticals()]
        return client_queries.past_retention(now=clock.now(), longest_days=max(days)) if days else []


def _end(organization: Organization, client: UUID, done: Retention, *, dry_run: bool) -> None:
    try:
        if dry_run:
            check_client(organization, SYSTEM, client)
        else:
            erase_client(organization, SYSTEM, client)
    except (Conflict, Missing) as refusal:
        done.kept.append((organization, client, refusal.code))
    else:
        done.erased.append((organization, client))
