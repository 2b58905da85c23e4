"""Journeys of what a client keeps on file to pay with."""

from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from clients import queries as client_queries
from payments import gateway
from payments import queries as payment_queries
from payments.actions import methods as method_actions
from payments.models import PaymentMethod


def _record(client_id: UUID) -> None:
    told = {"clientId": str(client_id), "fields": ["payment_methods"]}
    event_actions.record("client.updated", user=client_id, data=told, now=clock.now())


def add(
    organization: Organization, actor: Actor, *, client: UUID, type: str, payment_method: str, **optional: Any
) -> PaymentMethod:
    """Keep a card or account: 1. whose; 2. what the gateway says it is; 3. the record; 4. `client.updated`.

    Optional: is_default, metadata, external_id. Called outside of any scope. Raises ClientNotFound, MethodUnknown (the
    gateway has none of that name), MethodOfAnotherKind (it has it as something else), MethodExists, GatewayUnavailable.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        client_queries.get(client, field="client")
    found = gateway.on_file(payment_method, method=type)
    with organization_scope(organization, actor):
        whose = client_queries.get(client, field="client")
        told: dict[str, Any] = {"brand": found.brand, "last4": found.last4} | optional
        method = method_actions.add(whose, type=type, gateway_id=found.gateway_id, now=clock.now(), **told)
        _record(client)
        attempts.end(method)
    return method


def set_default(method_id: UUID) -> PaymentMethod:
    """Make it the one that its client pays with: 1. find; 2. change; 3. `client.updated`. Raises MethodNotFound."""
    method = payment_queries.get_method(method_id)
    method_actions.make_default(method, now=clock.now())
    _record(method.client_id)
    return method


def remove(method_id: UUID) -> None:
    """Forget a card or account: 1. find; 2. remove; 3. `client.updated`. Raises MethodNotFound."""
    method = payment_queries.get_method(method_id)
    method_actions.remove(method)
    _record(method.client_id)
