"""Journeys of money: be paid."""

from uuid import UUID

from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply, by_hand
from authspine.orchestrator.payments.asking import check_ours, no_is_recorded, open_there
from authspine.orchestrator.payments.starting import start
from payments import gateway
from payments.actions import intents as intent_actions
from payments.gateway import Seen
from payments.models import PaymentIntent


def confirm(
    organization: Organization, actor: Actor, intent_id: UUID, *, payment_method: str = "", return_url: str = ""
) -> PaymentIntent:
    """Be paid: 1. claim; 2. ask the gateway; 3. apply what it says: the money, its event, and what it does to the
    booking.

    Cash and invoice succeed by being recorded. A payment that has succeeded is given back unchanged. The answer may
    also be `requires_action` (the client has to approve at `next_action_url`, which sends them on to `return_url`;
    confirm again afterwards), `processing` (the bank takes its time; likewise), or `authorized` (capture it).

    The money confirms a held booking: who has paid must not lose the time. When the booking is gone by then, the intent
    says `booking_gone` as its failure, and the money goes back by a job of its own.

    Raises IntentNotFound, PaymentOver, NotPayable, MethodRequired, PaymentInProgress, Declined or GatewayRefused (the
    attempt has failed and stays on record), GatewayUnavailable (it stays `processing`; confirm again to learn more),
    NotMadeHere (a copy of another organization's, under way there; it stays as it is).
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        intent, repeated = intent_actions.claim(intent_id, payment_method=payment_method, now=clock.now())
        attempts.begin(intent.id)
        if intent.status in (PaymentIntent.Status.SUCCEEDED, PaymentIntent.Status.AUTHORIZED):
            attempts.end(intent)
            return intent
    seen = _ask(organization, actor, intent, repeated=repeated, return_url=return_url)
    with organization_scope(organization, actor):
        asked = apply(intent.id, seen)
        attempts.end(asked)
    return asked


def _ask(organization: Organization, actor: Actor, intent: PaymentIntent, *, repeated: bool, return_url: str) -> Seen:
    if not intent.through_gateway:
        return by_hand(intent)
    if not intent.gateway_id:
        intent = open_there(organization, actor, intent)
    with no_is_recorded(organization, actor, intent):
        found = check_ours(organization, intent, asked_before=repeated)
        return gateway.pay(
            intent.id,
            found,
            intent.gateway_method,
            method=intent.method,
            return_url=return_url,
            off_session=intent.off_session,
        )


def pay(
    organization: Organization, actor: Actor, *, booking: UUID, method: str, payment_method: str = "", **asked: str
) -> PaymentIntent:
    """Start and confirm in one go; raises what either raises."""
    intent = start(organization, actor, booking=booking, method=method, payment_method=payment_method, **asked)  # type: ignore[arg-type]
    return confirm(organization, actor, intent.id)
