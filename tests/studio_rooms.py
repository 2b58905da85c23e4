"""A studio with more in it: other professionals who offer its service, rooms and equipment that it needs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import professionals
from professionals.models import Professional
from services.models import Offer, Option, Requirement, Resource, Service
from tests.studio import Studio


def join(studio: Studio, name: str, **offer: Any) -> Professional:
    """One more professional, in UTC, who offers the studio's service."""
    with organization_scope(studio.organization, SYSTEM):
        somebody = professionals.onboard(email=f"{name}@example.com", name=name, vertical="consulting", timezone="UTC")
        Offer.objects.create(service=studio.service, professional=somebody, **offer)
    return somebody


def add_rooms(organization: Organization, *names: str) -> list[Resource]:
    with organization_scope(organization, SYSTEM):
        return [Resource.objects.create(name=name, timezone="UTC") for name in names]


def require(organization: Organization, service: Service, *needs: Sequence[UUID]) -> None:
    """What a service needs: one of each of these."""
    with organization_scope(organization, SYSTEM):
        for position, resources in enumerate(needs):
            requirement = Requirement.objects.create(service=service, position=position)
            for order, resource in enumerate(resources):
                Option.objects.create(requirement=requirement, resource_id=resource, position=order)
