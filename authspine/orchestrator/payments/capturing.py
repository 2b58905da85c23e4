"""Journeys of money: take what was authorized, or let it go."""

from uuid import UUID

from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply
from authspine.orchestrator.payments.asking import check_ours, unknown
from authspine.orchestrator.payments.telling import record
from payments import gateway
from payments import queries as payment_queries
from payments.actions import captures
from payments.errors import GatewayUnavailable
from payments.models import PaymentIntent


def capture(
    organization: Organization,
    actor: Actor,
    intent_id: UUID,
    *,
    amount: Money | None = None,
    more_follows: bool = False,
    expected: int | None = None,
) -> PaymentIntent:
    """Take an authorized amount, or part of it: 1. look, so that nothing is taken twice; 2. capture; 3. apply.

    Without an amount all that is left. Unless `more_follows`, the rest is let go. With `expected`, only while exactly
    so much was captured before. Raises IntentNotFound, NotCapturable, CurrencyMismatch, CaptureTooLarge,
    CaptureOvertaken, GatewayRefused, GatewayUnavailable (capture again: what was taken is seen first).
    """
    tenancy.refuse_inside()
    intent = _looked_at(organization, actor, intent_id)
    with organization_scope(organization, actor):
        begun = attempts.begun()
        intent, wanted, before = captures.claim_capture(intent.id, amount=amount, expected=expected, begun=begun)
        attempts.begin(begun or captures.attempt(intent.id, before))
        if wanted is None:
            attempts.end(intent)
            return intent
    try:
        seen = gateway.capture(intent.id, intent.gateway_id, wanted, before=before, last=not more_follows)
    except GatewayUnavailable:
        unknown(organization, actor, intent)
        raise
    with organization_scope(organization, actor):
        captured = apply(intent.id, seen)
        attempts.end(captured)
    return captured


def cancel(organization: Organization, actor: Actor, intent_id: UUID) -> PaymentIntent:
    """See to it that an attempt is never paid, and let go what was authorized: 1. claim; 2. cancel; 3. apply.

    What was captured in part stays, and has succeeded then.
    One that is cancelled already stays as it is. Raises IntentNotFound, NotCancellable (the money is there, or on its
    way), GatewayUnavailable.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        intent = captures.claim_cancel(intent_id)
        attempts.begin(intent.id)
        if intent.status == PaymentIntent.Status.CANCELLED or not (intent.through_gateway and intent.gateway_id):
            if captures.cancel_here(intent, now=clock.now()):
                record("cancelled", intent, cents=intent.amount_cents)
            intent = payment_queries.get(intent.id)
            attempts.end(intent)
            return intent
    check_ours(organization, intent, asked_before=True)
    seen = gateway.cancel(intent.gateway_id)
    with organization_scope(organization, actor):
        cancelled = apply(intent.id, seen)
        too_late = captures.too_late(cancelled, before=intent.captured_cents)
        attempts.end(too_late or cancelled)
    if too_late:  # raised outside: what was seen instead is written down
        raise too_late
    return cancelled


def _looked_at(organization: Organization, actor: Actor, intent_id: UUID) -> PaymentIntent:
    """The attempt, after what the gateway says of it now."""
    with organization_scope(organization, actor):
        intent = payment_queries.get(intent_id)
    if not intent.gateway_id or intent.status != PaymentIntent.Status.AUTHORIZED:
        return intent
    seen = check_ours(organization, intent, asked_before=True)
    with organization_scope(organization, actor):
        return apply(intent.id, seen)
