"""Entries of an organization, as its own scope reads them."""

from typing import Any

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope


def entries(organization: Organization, resource: str = "", **wanted: Any) -> list[AuditEntry]:
    """The oldest first."""
    named = {"resource": resource} if resource else {}
    with organization_scope(organization, SYSTEM):
        return list(AuditEntry.objects.filter(**named, **wanted).order_by("id"))


def newest(organization: Organization, resource: str, **wanted: Any) -> AuditEntry:
    return entries(organization, resource, **wanted)[-1]
