"""Journeys of money: what the gateway says now, and what it costs."""

from typing import Any
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply
from payments import gateway, rules
from payments import queries as payment_queries
from payments.models import PaymentIntent


def look(organization: Organization, actor: Actor, intent_id: UUID) -> PaymentIntent:
    """Bring an attempt to what the gateway says of it now; one that it never heard of stays as it is.

    Raises IntentNotFound, GatewayUnavailable.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        intent = payment_queries.get(intent_id)
    if not intent.through_gateway or not intent.gateway_id:
        return intent
    seen = gateway.look(intent.gateway_id)
    with organization_scope(organization, actor):
        return apply(intent.id, seen)


def fees(amount: Money | None = None) -> list[dict[str, Any]]:
    """The table of fees by method, with the estimated fee for an amount."""
    return [
        {
            "method": method.value,
            "basis_points": rate.basis_points,
            "fixed_cents": rate.fixed_cents,
            "fee": rules.fee(method, amount) if amount else None,
        }
        for method, rate in rules.FEES.items()
    ]
