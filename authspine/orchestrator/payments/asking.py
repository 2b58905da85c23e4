"""What the journeys share that speak to the gateway."""

from collections.abc import Iterator
from contextlib import contextmanager

from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.telling import record
from payments import gateway
from payments import queries as payment_queries
from payments.actions import intents as intent_actions
from payments.errors import GatewayRefusal, GatewayUnavailable
from payments.gateway import Seen
from payments.models import PaymentIntent


@contextmanager
def no_is_recorded(organization: Organization, actor: Actor, intent: PaymentIntent) -> Iterator[None]:
    """Around a call: a clear no is the end of the attempt, with `payment.failed`; no answer leaves it under way."""
    try:
        yield
    except GatewayRefusal as refusal:
        with organization_scope(organization, actor):
            if intent_actions.fail(intent, refusal, now=clock.now()):
                record("failed", intent, cents=intent.amount_cents, code=refusal.reason)
            attempts.end(refusal)
        raise
    except GatewayUnavailable:
        unknown(organization, actor, intent)
        raise


def unknown(organization: Organization, actor: Actor, intent: PaymentIntent) -> None:
    """Nobody knows what became of a call: it may be asked about at once."""
    with organization_scope(organization, actor):
        intent_actions.note_unknown(intent, now=clock.now())


def check_ours(organization: Organization, intent: PaymentIntent, *, asked_before: bool) -> Seen:
    return gateway.check_ours(intent.id, intent.gateway_id, organization=organization.id, asked_before=asked_before)


def open_there(
    organization: Organization, actor: Actor, intent: PaymentIntent, *, is_last: bool = False
) -> PaymentIntent:
    """Announce an attempt at the gateway, and tie the two."""
    with no_is_recorded(organization, actor, intent):
        order = gateway.Order(
            intent.id,
            intent.amount,
            intent.method,
            {"booking": str(intent.booking_id), "organization": str(organization.id)},
            customer=_customer(organization, actor, intent),
            by_hand=intent.capture == PaymentIntent.Capture.MANUAL,
        )
        gateway_id = gateway.open_intent(order)
    with organization_scope(organization, actor):
        opened = intent_actions.adopt(intent, gateway_id, now=clock.now())
        if is_last:
            attempts.end(opened)
    return opened


def _customer(organization: Organization, actor: Actor, intent: PaymentIntent) -> str:
    """The client at the gateway, where they have something on file there: it can only be charged to its owner.

    Whom an import has copied from another organization is nobody here: what they keep on file is not charged.
    """
    with organization_scope(organization, actor):
        client = intent.booking.client_id
        known = payment_queries.customer_id(client)
    return known if gateway.is_our_customer(known, organization=organization.id, client=client) else ""
