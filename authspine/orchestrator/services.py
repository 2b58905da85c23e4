"""Journeys of a service: published, changed, withdrawn, offered by others, and what it takes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.kernel.money import Money
from professionals import queries as professional_queries
from services import actions as service_actions
from services import queries as service_queries
from services.actions import offers as offer_actions
from services.actions import resources as resource_actions
from services.actions.resources import Need
from services.models import Offer, Requirement, Service


def _told(service: Service) -> dict[str, Any]:
    return {"serviceId": str(service.id), "professionalId": str(service.professional_id)}


def _record_update(service: Service, fields: Sequence[str], *, now: Any) -> None:
    told = _told(service) | {"fields": sorted(fields)}
    event_actions.record("service.updated", user=service.professional_id, data=told, now=now)


def _located(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, with the location that they name by its id."""
    if fields.get("location") is None:
        return fields
    return fields | {"location": service_queries.location(fields["location"])}


def publish(professional_id: UUID, *, price: Money, deposit: Money | None = None, **fields: Any) -> Service:
    """Publish a service: 1. its professional and location; 2. the record and its offer; 3. `service.created`.

    Raises Invalid, ProfessionalNotFound (field `professional`), LocationNotFound.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id, field="professional")
    service = service_actions.publish(professional, price=price, deposit=deposit, now=now, **_located(fields))
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
        service_actions.update(service, now=now, **_located(changes))
        _record_update(service, list(changes), now=now)
    if withdrawn:
        _withdraw(service, now)
    return service


def deactivate(service_id: UUID) -> None:
    """Withdraw a service: 1. find; 2. make inactive; 3. `service.deactivated`, when it changed."""
    _withdraw(service_queries.get(service_id), clock.now())


def _withdraw(service: Service, now: datetime) -> None:
    if service_actions.deactivate(service, now=now):
        event_actions.record("service.deactivated", user=service.professional_id, data=_told(service), now=now)


def offer(service_id: UUID, professional_id: UUID, **terms: Any) -> tuple[Offer, bool]:
    """Let a professional offer a service, or replace the terms: 1. find both; 2. the offer; 3. `service.updated`.

    Says whether the offer is new. Raises Invalid, ServiceNotFound, ProfessionalNotFound (field `professional`),
    OfferInOtherCurrency, OfferBelowDeposit.
    """
    now = clock.now()
    service = service_queries.get(service_id)
    professional = professional_queries.get(professional_id, field="professional")
    found, made = offer_actions.put(service, professional, now=now, **terms)
    _record_update(service, ["offers"], now=now)
    return found, made


def take_back_offer(service_id: UUID, professional_id: UUID) -> None:
    """Take an offer back: 1. find; 2. remove; 3. `service.updated`. Raises OfferNotFound, OwnOffer."""
    now = clock.now()
    service = service_queries.get(service_id)
    offer_actions.remove(service_queries.offer(service, professional_id))
    _record_update(service, ["offers"], now=now)


def require(service_id: UUID, needs: Sequence[Need]) -> Service:
    """Replace what a service takes: 1. find it, look at the resources; 2. the requirements; 3. `service.updated`.

    Raises Invalid, ServiceNotFound, ResourceNotFound, ResourceInactive.
    """
    return _require(service_queries.get(service_id), needs)


def change_requirements(service_id: UUID, change: Callable[[Sequence[Requirement]], Sequence[Need]]) -> Service:
    """Change a part of what a service takes: 1. find and lock it; 2. what `change` makes of what it takes now;
    3. as `require`. Of two at once neither loses the other's part.

    Raises what `require` and `change` raise.
    """
    service = service_queries.get(service_id)
    return _require(service, change(resource_actions.lock_requirements(service)))


def _require(service: Service, needs: Sequence[Need]) -> Service:
    now = clock.now()
    service_queries.check_usable([need.resources for need in needs])
    resource_actions.require(service, needs, now=now)
    _record_update(service, ["requirements"], now=now)
    return service
