"""Every write path leaves its entry, with who it was (E29)."""

from typing import Any

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.fixtures import Maker


def entries(organization: Organization, resource: str, **wanted: Any) -> list[AuditEntry]:
    with organization_scope(organization, SYSTEM):
        return list(AuditEntry.objects.filter(resource=resource, **wanted).order_by("id"))


def test_e29_a_new_client_leaves_its_entry(organization: Organization, make: Maker) -> None:
    client = make.client(name="Ana Quetzal")
    (entry,) = entries(organization, "clients.Client")
    assert (entry.verb, entry.row, entry.person, entry.actor) == ("create", client.id, client.id, "system")
    assert entry.changes["name"].startswith("\\x")
    assert entry.changes["data_key"] is None
    assert "organization_id" not in entry.changes
