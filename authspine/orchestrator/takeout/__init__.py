"""The journey that takes out everything that an organization knows of one client, for them to have (GDPR, articles 15
and 20).

Which tables and columns follows from the tags of `authspine.privacy`: whatever refers to a client is told, as soon as
it exists. What another organization knows of the same person is never part of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from analytics import actions as event_actions
from authspine.audit import reading
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.takeout import rows
from authspine.orchestrator.takeout.rows import Kind
from clients import queries as client_queries

FORMAT: Final = "auth-spine-person"
VERSION: Final = 1

__all__ = ["Kind", "Takeout", "take_out"]


@dataclass(frozen=True)
class Takeout:
    """What is known of a client, at a moment. The values are as Python has them."""

    organization: Organization
    client: UUID
    name: str
    at: datetime
    kinds: tuple[Kind, ...]

    def as_document(self) -> dict[str, Any]:
        """What a program reads: see docs/export.md."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "organization": {"slug": self.organization.slug, "name": self.organization.name},
            "client": self.client,
            "exported_at": self.at,
            **{kind.name: kind.records for kind in self.kinds},
        }


def take_out(organization: Organization, actor: Actor, client_id: UUID) -> Takeout:
    """Everything that is known of a client: 1. a scope that sees one moment; 2. the client, deleted or not; 3. kind
    after kind, each in order of creation; 4. `client.exported`, committed before anybody has a byte of it.

    Called outside of any scope. Raises ClientNotFound.
    """
    now = clock.now()
    with organization_scope(organization, actor, one_moment=True):
        client = client_queries.known(client_id)
        taken = Takeout(organization, client.id, client.name, now, tuple(_kinds(client.id, client.user_id, now)))
        reading.shown(reading.TAKEOUT, [client.id], row=client.id)
        event_actions.record("client.exported", user=client.id, data={"clientId": str(client.id)}, now=now)
    return taken


def _kinds(client: UUID, login: UUID | None, now: datetime) -> Iterator[Kind]:
    for model in rows.told():
        yield rows.kind(model, client, login, now=now)
