"""Journeys of money: what the gateway says now, and what it costs."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply
from payments import gateway, rules
from payments import queries as payment_queries
from payments.errors import GatewayUnavailable
from payments.gateway import Seen
from payments.models import PaymentIntent

TRIES: Final = 5


def look(organization: Organization, actor: Actor, intent_id: UUID) -> PaymentIntent:
    """Bring an attempt to what the gateway says of it now; one that it never heard of stays as it is.

    Raises IntentNotFound, GatewayUnavailable.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        intent = payment_queries.get(intent_id)
    if not intent.through_gateway or not intent.gateway_id:
        return intent
    return work_on(organization, actor, intent_id, intent.gateway_id, lambda _, seen: apply(intent_id, seen))


def work_on[Result](
    organization: Organization,
    actor: Actor,
    intent_id: UUID,
    gateway_id: str,
    work: Callable[[PaymentIntent | None, Seen], Result],
) -> Result:
    """Look at a payment, then do `work` on its attempt and on what was seen: in one scope, under both locks.

    The attempt is None where there is none with this id. When it has changed since before the look, what was seen may
    be older than what is known, so it is looked at again. Raises GatewayUnavailable.
    """
    for _ in range(TRIES):
        with organization_scope(organization, actor):
            before = payment_queries.find(intent_id)
        seen = gateway.look(gateway_id)
        with organization_scope(organization, actor):
            locked = before and _locked(before)
            if locked is None or (before and locked.updated_at == before.updated_at):
                return work(locked, seen)
    raise GatewayUnavailable("This payment is changing right now. Please try again.")


def _locked(intent: PaymentIntent) -> PaymentIntent:
    payment_queries.lock_booking(intent.booking_id)
    return payment_queries.lock_intent(intent.id)


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
