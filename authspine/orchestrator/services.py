"""Journeys of a service: published, changed, withdrawn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.kernel.money import Money
from professionals import queries as professional_queries
from services import actions as service_actions
from services import queries as service_queries
from services.models import Service


def _told(service: Service) -> dict[str, Any]:
    return {"serviceId": str(service.id), "professionalId": str(service.professional_id)}


def publish(professional_id: UUID, *, price: Money, deposit: Money | None = None, **fields: Any) -> Service:
    """Publish a service: 1. its professional; 2. the record; 3. `service.created`.

    Raises Invalid, ProfessionalNotFound (field `professional`).
    """
    now = clock.now()
    professional = professional_queries.get(professional_id, field="professional")
    service = service_actions.publish(professional, price=price, deposit=deposit, now=now, **fields)
    event_actions.record("service.created", user=professional.id, data=_told(service), now=now)
    return service


def update(service_id: UUID, **changes: Any) -> Service:
    """Change a service: 1. find; 2. change what is named, `service.updated`; 3. withdraw it where it is made inactive.

    Bookings keep what was agreed. Raises Invalid, ServiceNotFound, and what `service_actions.set_price` raises.
    """
    now = clock.now()
    service = service_queries.get(service_id)
    withdrawn = changes.get("active") is False
    if withdrawn:
        del changes["active"]
    if changes:
        service_actions.update(service, now=now, **changes)
        told = _told(service) | {"fields": sorted(changes)}
        event_actions.record("service.updated", user=service.professional_id, data=told, now=now)
    if withdrawn:
        _withdraw(service, now)
    return service


def deactivate(service_id: UUID) -> None:
    """Withdraw a service: 1. find; 2. make inactive; 3. `service.deactivated`, when it changed."""
    _withdraw(service_queries.get(service_id), clock.now())


def _withdraw(service: Service, now: datetime) -> None:
    if service_actions.deactivate(service, now=now):
        event_actions.record("service.deactivated", user=service.professional_id, data=_told(service), now=now)
