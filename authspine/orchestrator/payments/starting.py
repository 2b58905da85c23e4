"""Journeys of money: start a payment."""

from typing import Any
from uuid import UUID

from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.applying import apply
from authspine.orchestrator.payments.asking import check_ours, open_there
from authspine.orchestrator.payments.telling import record
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import captures
from payments.actions import intents as intent_actions
from payments.errors import GatewayRefused, PaymentInProgress, Unconfirmed
from payments.models import PaymentIntent


def start(
    organization: Organization,
    actor: Actor,
    *,
    booking: UUID,
    method: str,
    payment_method: str = "",
    purpose: str = rules.Purpose.FULL,
    capture: str = PaymentIntent.Capture.AUTOMATIC,
    off_session: bool = False,
    external_id: str | None = None,
) -> PaymentIntent:
    """Start to be paid what is due: 1. claim, `payment.created`; 2. announce it at the gateway; 3. tie the two.

    `purpose` decides the amount: the deposit, all that is left, or a fee that the booking has come to owe. With manual
    capture the money is only reserved, until `capture`. `payment_method` is the gateway's name of a card or account,
    or the id of one that the client has on file, kept for the confirmation; off-session it is what the client has on
    file, if none is named. Cash and invoice have no
    gateway. An attempt that nobody has confirmed yet is taken up by the same method, and given up for another
    (`payment.cancelled`), at the gateway first if it was announced there.

    Raises BookingNotFound, MethodNotFound, NothingOnFile, NotPayable, MethodNotAllowed, AlreadyPaid, NothingDue,
    PaymentInProgress (the other may have been paid), GatewayRefused (the attempt has failed), GatewayUnavailable (the
    same request again takes the attempt up), GatewayNotConfigured (nothing is claimed).
    """
    tenancy.refuse_inside()
    if method in rules.GATEWAY_METHODS:
        gateway.check_configured()
    asked: Any = {"method": method, "payment_method": payment_method, "external_id": external_id, "purpose": purpose}
    asked |= {"capture": capture, "off_session": off_session}
    intent = _resumed(organization, actor)
    try:
        intent = intent or _claim(organization, actor, booking, **asked)
    except Unconfirmed as other:
        _give_up(organization, actor, other.intent)
        intent = _claim(organization, actor, booking, **asked)
    return open_there(organization, actor, intent, is_last=True) if _is_unannounced(intent) else intent


def _resumed(organization: Organization, actor: Actor) -> PaymentIntent | None:
    """The attempt that the same request has begun before; whatever has become of it since, there is no other."""
    begun = attempts.begun()
    if begun is None:
        return None
    with organization_scope(organization, actor):
        return _noted(payment_queries.get(begun))


def _noted(intent: PaymentIntent) -> PaymentIntent:
    attempts.begin(intent.id)
    if not _is_unannounced(intent):
        attempts.end(intent)
    return intent


def _is_unannounced(intent: PaymentIntent) -> bool:
    """It is to be announced at the gateway, which knows nothing of it or has not answered."""
    return intent.through_gateway and intent.status == PaymentIntent.Status.PENDING and not intent.gateway_id


def _claim(
    organization: Organization, actor: Actor, booking: UUID, *, payment_method: str, **asked: Any
) -> PaymentIntent:
    now = clock.now()
    told: Any = asked | {"now": now, "lost_since": now - gateway.patience()}
    with organization_scope(organization, actor):
        for other in intent_actions.give_up(booking, **told):
            record("cancelled", other, cents=other.amount_cents)
        if asked["off_session"] and not payment_method:
            payment_method = payment_queries.on_file_of_booking(booking, asked["method"])
        payment_method = payment_queries.named_method(booking, payment_method)
        intent, new = intent_actions.start(booking, payment_method=payment_method, **told)
        if new:
            record("created", intent, cents=intent.amount_cents)
        return _noted(intent)


def _give_up(organization: Organization, actor: Actor, intent_id: UUID) -> None:
    """Cancel an announced attempt at the gateway, then here. What is cancelled there nobody can pay any more, also who
    is confirming it at this moment, so its row is the claim; whatever else the gateway says leaves it as it is.
    """
    with organization_scope(organization, actor):
        intent = payment_queries.get(intent_id)
    try:
        check_ours(organization, intent, asked_before=False)
        seen = gateway.cancel(intent.gateway_id)
    except GatewayRefused:  # a copy of another's attempt: that one is left alone
        with organization_scope(organization, actor):
            payment_queries.lock_booking(intent.booking_id)
            if captures.cancel_here(intent, now=clock.now()):
                record("cancelled", intent, cents=intent.amount_cents)
        return
    if seen.status is not rules.IntentStatus.CANCELLED:
        raise PaymentInProgress
    with organization_scope(organization, actor):
        apply(intent.id, seen)
