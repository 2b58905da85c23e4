"""After a restored backup: whoever is on the list of erasures, and not erased in this database, is erased again."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from authspine.identity import queries as identity_queries
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.erasure.clients import erase_client_again
from authspine.orchestrator.erasure.professionals import erase_professional_again
from authspine.privacy import erasure_list
from authspine.privacy.erasure_list import Line
from authspine.privacy.models import Erasure
from clients import queries as client_queries
from professionals import queries as professional_queries

AGAIN: Final[dict[str, Callable[[Line], bool]]] = {
    Erasure.Kind.CLIENT: erase_client_again,
    Erasure.Kind.PROFESSIONAL: erase_professional_again,
}
STILL_THERE: Final[dict[str, Callable[[list[UUID]], set[UUID]]]] = {
    Erasure.Kind.CLIENT: client_queries.not_erased,
    Erasure.Kind.PROFESSIONAL: professional_queries.not_erased,
}


@dataclass(frozen=True)
class Replay:
    """How many erasures are on the list, and whom this database did not know to be erased."""

    listed: int
    found: list[Line]


def replay(*, dry_run: bool = False) -> Replay:
    """Erase again whom this database has forgotten to have forgotten: each in a scope of their own.

    With `dry_run` they are only told. What a dump never had is nobody's. Safe to run again, and by several at once.
    Raises ErasureListAway, ErasureListBroken.
    """
    listed = erasure_list.lines()
    found = [line for lines in _by_organization(listed).values() for line in _still_there(lines)]
    if not dry_run:
        for line in found:
            with organization_scope(identity_queries.organization(line.organization), SYSTEM):
                AGAIN[line.kind](line)
    return Replay(len(listed), found)


def _by_organization(listed: list[Line]) -> dict[UUID, list[Line]]:
    lines: dict[UUID, list[Line]] = defaultdict(list)
    for line in listed:
        lines[line.organization].append(line)
    return lines


def _still_there(lines: list[Line]) -> list[Line]:
    """Those of one organization who are not erased in this database."""
    organization = identity_queries.known_organization(lines[0].organization)
    if organization is None:
        return []
    with organization_scope(organization, SYSTEM):
        there = {
            (kind, person)
            for kind, ask in STILL_THERE.items()
            for person in ask([line.person for line in lines if line.kind == kind])
        }
    return [line for line in lines if (line.kind, line.person) in there]
