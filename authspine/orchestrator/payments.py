"""Journeys of money: start, confirm and refund a payment.

Each is claim -> call -> record: what is about to happen is committed before the gateway is asked, no call runs inside a
scope, and what the gateway says is recorded, with its event, in a scope of its own. So they are called outside of any.
When the gateway does not answer, the outcome is unknown (GatewayUnavailable): the claim stands, and the same request
again takes it up under the same key, so that it is never a second charge.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import queries as booking_queries
from bookings.errors import InvalidTransition
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import intents as intent_actions
from payments.actions import ledger as ledger_actions
from payments.actions import refunds as refund_actions
from payments.errors import GatewayRefusal, GatewayRefused, GatewayUnavailable, PaymentInProgress, Unconfirmed
from payments.models import PaymentIntent, Refund


def _record(verb: str, intent: PaymentIntent, *, cents: int, **more: Any) -> None:
    told = {"paymentIntentId": str(intent.id), "bookingId": str(intent.booking_id), "method": intent.method}
    money = {"amount": cents, "currency": intent.currency}
    event_actions.record(f"payment.{verb}", user=intent.booking.client_id, data=told | money | more, now=clock.now())


def start(
    organization: Organization,
    actor: Actor,
    *,
    booking: UUID,
    method: str,
    payment_method: str = "",
    external_id: str | None = None,
) -> PaymentIntent:
    """Start to be paid what is due: 1. claim, `payment.created`; 2. announce it at the gateway; 3. tie the two.

    `payment_method` is the gateway's name of a card or account, kept for the confirmation. Cash and invoice have no
    gateway. An attempt that nobody has confirmed yet is taken up by the same method, and given up for another
    (`payment.cancelled`), at the gateway first if it was announced there.

    Raises BookingNotFound, NotPayable, MethodNotAllowed, AlreadyPaid, NothingDue, PaymentInProgress (the other may have
    been paid), GatewayRefused (the attempt has failed), GatewayUnavailable (the same request again takes the attempt
    up), GatewayNotConfigured (nothing is claimed).
    """
    tenancy.refuse_inside()
    if method in rules.GATEWAY_METHODS:
        gateway.check_configured()
    asked: Any = {"method": method, "payment_method": payment_method, "external_id": external_id}
    try:
        intent = _claim(organization, actor, booking, **asked)
    except Unconfirmed as other:
        _give_up(organization, actor, other.intent)
        intent = _claim(organization, actor, booking, **asked)
    return _open(organization, actor, intent) if intent.through_gateway and not intent.gateway_id else intent


def _claim(
    organization: Organization, actor: Actor, booking: UUID, *, method: str, external_id: str | None, **more: Any
) -> PaymentIntent:
    now = clock.now()
    told: Any = {"method": method, "external_id": external_id, "now": now, "lost_since": now - gateway.patience()}
    with organization_scope(organization, actor):
        for other in intent_actions.give_up(booking, **told):
            _record("cancelled", other, cents=other.amount_cents)
        intent, new = intent_actions.start(booking, **told, **more)
        if new:
            _record("created", intent, cents=intent.amount_cents)
    return intent


def _give_up(organization: Organization, actor: Actor, intent_id: UUID) -> None:
    """Cancel an announced attempt at the gateway, then here. What is cancelled there nobody can pay any more, also who
    is confirming it at this moment, so its row is the claim; whatever else the gateway says leaves it as it is.
    """
    with organization_scope(organization, actor):
        intent = payment_queries.get(intent_id)
    status = PaymentIntent.Status.CANCELLED.value
    try:
        _check_ours(organization, intent, asked_before=False)
        status = gateway.cancel(intent.id, intent.gateway_id).value
    except GatewayRefused:  # a copy of another's attempt: that one is left alone
        pass
    if status != PaymentIntent.Status.CANCELLED:
        raise PaymentInProgress
    with organization_scope(organization, actor):
        payment_queries.lock_booking(intent.booking_id)
        if intent_actions.record(intent, status, now=clock.now()):
            _follow(intent, status)


def _open(organization: Organization, actor: Actor, intent: PaymentIntent) -> PaymentIntent:
    told = {"booking": str(intent.booking_id), "organization": str(organization.id)}
    with _no_is_recorded(organization, actor, intent):
        gateway_id = gateway.open_intent(intent.id, intent.amount, method=intent.method, metadata=told)
    with organization_scope(organization, actor):
        return intent_actions.adopt(intent, gateway_id, now=clock.now())


@contextmanager
def _no_is_recorded(organization: Organization, actor: Actor, intent: PaymentIntent) -> Iterator[None]:
    """Around a call: a clear no is the end of the attempt, with `payment.failed`; no answer leaves it under way."""
    try:
        yield
    except GatewayRefusal as refusal:
        with organization_scope(organization, actor):
            if intent_actions.fail(intent, refusal, now=clock.now()):
                _record("failed", intent, cents=intent.amount_cents, code=refusal.reason)
        raise
    except GatewayUnavailable:
        with organization_scope(organization, actor):
            intent_actions.note_unknown(intent, now=clock.now())
        raise


def confirm(organization: Organization, actor: Actor, intent_id: UUID, *, payment_method: str = "") -> PaymentIntent:
    """Be paid: 1. claim; 2. ask the gateway; 3. record the money, `payment.succeeded`, and what it does to the booking.

    The whole amount is captured at once, so `payment.succeeded` tells all of it. Cash and invoice succeed by being
    recorded. A payment that has succeeded is given back unchanged. The answer may also be `requires_action` (the client
    has to approve; confirm again afterwards) or `processing` (the bank takes its time; likewise).

    The money confirms a held booking: who has paid must not lose the time. When the booking is gone by then, the money
    is kept and the intent says `booking_gone` as its failure, for somebody to look at; nothing is refunded by itself.

    Raises IntentNotFound, PaymentOver, NotPayable, MethodRequired, PaymentInProgress, Declined or GatewayRefused (the
    attempt has failed and stays on record), GatewayUnavailable (it stays `processing`; confirm again to learn more),
    NotMadeHere (a copy of another organization's, under way there; it stays as it is).
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        intent, repeated = intent_actions.claim(intent_id, payment_method=payment_method, now=clock.now())
    if intent.status == PaymentIntent.Status.SUCCEEDED:
        return intent
    status = _ask(organization, actor, intent, repeated=repeated)
    with organization_scope(organization, actor):
        payment_queries.lock_booking(intent.booking_id)
        if intent_actions.record(intent, status, now=clock.now()):
            _follow(intent, status)
        return payment_queries.get(intent.id)


def _ask(organization: Organization, actor: Actor, intent: PaymentIntent, *, repeated: bool) -> str:
    if not intent.through_gateway:
        return PaymentIntent.Status.SUCCEEDED
    if not intent.gateway_id:
        intent = _open(organization, actor, intent)
    pay = gateway.pay_again if repeated else gateway.pay
    with _no_is_recorded(organization, actor, intent):
        _check_ours(organization, intent, asked_before=repeated)
        return pay(intent.id, intent.gateway_id, intent.gateway_method)


def _check_ours(organization: Organization, intent: PaymentIntent, *, asked_before: bool) -> None:
    gateway.check_ours(intent.id, intent.gateway_id, organization=organization.id, asked_before=asked_before)


def _follow(intent: PaymentIntent, status: str) -> None:
    """What follows from a status that has just been recorded."""
    if status == PaymentIntent.Status.CANCELLED:
        _record("cancelled", intent, cents=intent.amount_cents)
    if status == PaymentIntent.Status.SUCCEEDED:
        ledger_actions.post(intent.booking_id, now=clock.now())
        _record("succeeded", intent, cents=intent.amount_cents)
        _settle_booking(intent)


def _settle_booking(intent: PaymentIntent) -> None:
    """A hold is confirmed by the money; money without a booking is marked. Expects the booking's lock."""
    booking = booking_queries.get(intent.booking_id, now=clock.now())
    status = booking.status_at(clock.now())
    if status == "held":
        try:
            bookings.confirm(booking.id)
        except InvalidTransition:  # the hold ran out between two lines
            status = "expired"
    if status in rules.GONE:
        intent_actions.flag_booking_gone(intent, status)


def pay(
    organization: Organization, actor: Actor, *, booking: UUID, method: str, payment_method: str = ""
) -> PaymentIntent:
    """Start and confirm in one go; raises what either raises."""
    intent = start(organization, actor, booking=booking, method=method, payment_method=payment_method)
    return confirm(organization, actor, intent.id)


def refund(
    organization: Organization,
    actor: Actor,
    *,
    intent: UUID,
    amount: Money | None = None,
    reason: str = "",
    external_id: str | None = None,
) -> Refund:
    """Give money back: 1. claim so much of what is left; 2. ask the gateway; 3. record it, `payment.refunded`.

    Without an amount it is all that is left. Cash and invoice have no gateway: staff hand the money over and record it.
    The amount is reserved by the claim, so the sum of refunds never exceeds what was captured, however many are asked
    for at once. Where a bank takes its time the refund stays `pending`.

    Raises IntentNotFound, CurrencyMismatch, NothingToRefund, RefundTooLarge, GatewayRefused (the refund has failed and
    the amount is free again), GatewayUnavailable (it stays pending with its amount reserved; the same request again
    takes it up, and never gives back twice), NotMadeHere (a copy of another organization's; it stays pending).
    """
    tenancy.refuse_inside()
    now = clock.now()
    with organization_scope(organization, actor):
        claimed, repeated = refund_actions.claim(
            intent, amount=amount, reason=reason, external_id=external_id, now=now, lost_since=now - gateway.patience()
        )
    given = _give_back(organization, actor, claimed, repeated=repeated)
    with organization_scope(organization, actor):
        payment_queries.lock_booking(claimed.intent.booking_id)
        if refund_actions.record(claimed, status=given.status, gateway_id=given.gateway_id, now=clock.now()):
            ledger_actions.post(claimed.intent.booking_id, now=clock.now())
            _record("refunded", claimed.intent, cents=claimed.amount_cents, refundId=str(claimed.id))
        return payment_queries.get_refund(claimed.id)


def _give_back(organization: Organization, actor: Actor, claimed: Refund, *, repeated: bool) -> gateway.GivenBack:
    paid = claimed.intent
    if not paid.through_gateway:
        return gateway.GivenBack("", Refund.Status.SUCCEEDED)
    told = {"intent": str(paid.id), "organization": str(organization.id)}
    ask = gateway.give_back_again if repeated else gateway.give_back
    try:
        _check_ours(organization, paid, asked_before=repeated)
        return ask(claimed.id, paid.gateway_id, claimed.amount, metadata=told)
    except GatewayUnavailable:
        with organization_scope(organization, actor):
            refund_actions.note_unknown(claimed, now=clock.now())
        raise
    except GatewayRefusal as refusal:
        with organization_scope(organization, actor):
            refund_actions.fail(claimed, refusal, now=clock.now())
        raise


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
