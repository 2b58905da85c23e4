"""The journey of an event: the gateway told us that something happened; what it is, we look up.

An event wakes us and is believed in nothing else. So it does not matter in which order events come, how often, or what
was true when they were written: every one of them brings the payment to what the gateway says now.
"""

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction

from authspine.identity import queries as identity_queries
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict, Missing
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payment_methods
from authspine.orchestrator.payments.applying import apply, mismatch
from authspine.orchestrator.payments.looking import work_on
from authspine.orchestrator.payments.telling import alert
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import inbox
from payments.actions import intents as intent_actions
from payments.errors import GatewayRefusal, NotThere, SetupNotFound
from payments.gateway import Seen
from payments.models import GatewayEvent, PaymentIntent

logger = logging.getLogger(__name__)

State = GatewayEvent.State


def process_event(event_id: UUID) -> None:
    """Work on an event of the inbox, once: 1. whose it is; 2. look; 3. apply, and mark the event, in one scope.

    What cannot be ours is ignored; what contradicts what we asked for confirms nothing and raises an alert. Whatever
    is raised leaves the event waiting, for the job's next try or for the reconciliation: GatewayUnavailable above all.
    """
    tenancy.refuse_inside()
    event = payment_queries.event(event_id)
    if event.state != State.RECEIVED:
        return
    gateway.check_configured()
    payment, is_setup = rules.payment_of(event.facts), event.facts.get("object") in rules.SETUPS
    if not (payment or is_setup):
        _finish(event, State.IGNORED, "It is about nothing that is kept here.")
    elif wrong := rules.foreign(event.facts, is_live=gateway.is_live(), account=settings.STRIPE_ACCOUNT):
        _reject(event, wrong)
    elif is_setup:
        _about_a_setup(event)
    else:
        _about_a_payment(event, payment)


def _about_a_payment(event: GatewayEvent, payment: str) -> None:
    try:
        owner = rules.owner_of(event.facts) or _owner_there(payment)
        organization = owner and identity_queries.known_organization(owner[0])
        if not (owner and organization):
            _finish(event, State.IGNORED, "The payment was not made here.")
            return
        work_on(organization, SYSTEM, owner[1], payment, lambda intent, seen: _record(event, intent, seen))
    except NotThere:
        _reject(event, "The provider finds no such payment.")


def _about_a_setup(event: GatewayEvent) -> None:
    """Looked at again it changes nothing, so the event is marked when all is done."""
    owner = rules.setup_owner_of(event.facts)
    organization = owner and identity_queries.known_organization(owner[0])
    try:
        if owner and organization:
            payment_methods.settle(organization, SYSTEM, owner[1], gateway_id=str(event.facts.get("id", "")))
            _finish(event, State.DONE)
        else:
            _finish(event, State.IGNORED, "This was not put on file here.")
    except SetupNotFound:
        _finish(event, State.IGNORED, "There is no such attempt here.")
    except (NotThere, GatewayRefusal, Missing, Conflict) as refusal:
        _finish(event, State.REJECTED, refusal.detail)


def _owner_there(payment: str) -> tuple[UUID, UUID] | None:
    """Whose a payment is, by the gateway's own record of it: a dispute does not say it."""
    seen = gateway.look(payment)
    return rules.owner_of({"organization": seen.organization, "intent": seen.intent})


def _record(event: GatewayEvent, intent: PaymentIntent | None, seen: Seen) -> None:
    """In the scope of the organization, under the locks of booking and intent."""
    if intent is None and seen.organization != str(tenancy.organization_id()):
        _finish(event, State.REJECTED, "The payment itself names another organization.")
    elif intent is None:
        if _finish(event, State.REJECTED, "There is no such attempt here."):
            orphan(seen)
    elif wrong := _wrong(event, intent, seen):
        if _finish(event, State.REJECTED, wrong):
            alert("mismatch", seen.gateway_id, wrong, intent=intent)
    elif _finish(event, State.DONE):
        bring(intent, seen)


def _wrong(event: GatewayEvent, intent: PaymentIntent, seen: Seen) -> str:
    if not intent.through_gateway:
        return "The provider tells of a payment that was recorded by hand."
    return rules.contradiction(event.facts, intent.amount) or mismatch(intent, seen)


def bring(intent: PaymentIntent, seen: Seen) -> PaymentIntent:
    """Tie an attempt to its record at the gateway, if our own step did not live to do so, and apply what was seen."""
    if not intent.gateway_id:
        intent_actions.adopt(intent, seen.gateway_id, now=clock.now())
    return apply(intent.id, seen)


def orphan(seen: Seen) -> None:
    """A payment there names this organization, and an attempt that is not here: lost with a backup, perhaps."""
    money = f"{seen.captured} of {seen.amount.amount_cents} {seen.amount.currency}"
    alert("orphan", seen.gateway_id, f"The provider has a payment ({seen.status}, {money}) that is not known here.")


def _reject(event: GatewayEvent, detail: str) -> None:
    """Nothing of it is believed. Whoever it names is told."""
    logger.warning("The event %s (%s) is rejected: %s", event.event_id, event.type, detail)
    owner = rules.owner_of(event.facts)
    organization = owner and identity_queries.known_organization(owner[0])
    if not (owner and organization):
        _finish(event, State.REJECTED, detail)
        return
    with organization_scope(organization, SYSTEM):
        if _finish(event, State.REJECTED, detail):
            _tell_of_rejected(event, payment_queries.find(owner[1]), detail)


def _tell_of_rejected(event: GatewayEvent, intent: PaymentIntent | None, detail: str) -> None:
    if intent is not None:
        alert("mismatch", rules.payment_of(event.facts) or event.event_id, detail, intent=intent)


def _finish(event: GatewayEvent, state: str, detail: str = "") -> bool:
    with transaction.atomic():
        return inbox.finish(event, state, now=clock.now(), detail=detail)
