"""Journeys of money: give it back."""

from typing import Any
from uuid import UUID

from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.asking import check_ours
from authspine.orchestrator.payments.telling import record_refund
from payments import gateway
from payments import queries as payment_queries
from payments.actions import ledger as ledger_actions
from payments.actions import refunds as refund_actions
from payments.errors import GatewayRefusal, GatewayUnavailable
from payments.models import Refund


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

    A person gives back no more of a payment than the organization's limit; keys and what happens by itself may.

    Raises IntentNotFound, CurrencyMismatch, ApprovalRequired, NothingToRefund, RefundTooLarge, GatewayRefused (the
    refund has failed and the amount is free again), GatewayUnavailable (it stays pending with its amount reserved; the
    same request again takes it up, and never gives back twice), NotMadeHere (a copy of another organization's; it stays
    pending).
    """
    tenancy.refuse_inside()
    now, begun = clock.now(), attempts.begun()
    asked: Any = {"amount": amount, "reason": reason, "external_id": external_id}
    asked["limit"] = _limit(organization, actor)
    with organization_scope(organization, actor):
        if begun:
            claimed, repeated = payment_queries.get_refund(begun), True
        else:
            claimed, repeated = refund_actions.claim(intent, now=now, lost_since=now - gateway.patience(), **asked)
        attempts.begin(claimed.id)
        if claimed.status != Refund.Status.PENDING:
            attempts.end(claimed)
            return claimed
    return _carry_out(organization, actor, claimed, repeated=repeated)


def _limit(organization: Organization, actor: Actor) -> Money | None:
    """How much of a payment this actor may give back alone."""
    cents = organization.refund_approval_cents
    return None if cents is None or actor.kind != "user" else Money(cents, organization.currency)


def resume_refund(organization: Organization, actor: Actor, refund_id: UUID, *, asked_before: bool = True) -> Refund:
    """Carry out a refund that was claimed before; the gateway is asked first whether it has it already.

    Raises as `refund` does.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        claimed = payment_queries.get_refund(refund_id)
    if claimed.status != Refund.Status.PENDING:
        return claimed
    return _carry_out(organization, actor, claimed, repeated=asked_before)


def _carry_out(organization: Organization, actor: Actor, claimed: Refund, *, repeated: bool) -> Refund:
    given = _give_back(organization, actor, claimed, repeated=repeated)
    with organization_scope(organization, actor):
        payment_queries.lock_booking(claimed.intent.booking_id)
        if refund_actions.record(claimed, status=given.status, gateway_id=given.gateway_id, now=clock.now()):
            ledger_actions.post(claimed.intent.booking_id, now=clock.now())
            record_refund("refunded", claimed.intent, claimed)
        refunded = payment_queries.get_refund(claimed.id)
        attempts.end(refunded)
    return refunded


def _give_back(organization: Organization, actor: Actor, claimed: Refund, *, repeated: bool) -> gateway.GivenBack:
    paid = claimed.intent
    if not paid.through_gateway:
        return gateway.GivenBack("", Refund.Status.SUCCEEDED)
    told = {"intent": str(paid.id), "organization": str(organization.id)}
    try:
        check_ours(organization, paid, asked_before=repeated)
        return gateway.give_back(claimed.id, paid.gateway_id, claimed.amount, metadata=told, asked_before=repeated)
    except GatewayUnavailable:
        with organization_scope(organization, actor):
            refund_actions.note_unknown(claimed, now=clock.now())
        raise
    except GatewayRefusal as refusal:
        with organization_scope(organization, actor):
            if refund_actions.fail(claimed, refusal.reason, now=clock.now()):
                record_refund("refund_failed", claimed.intent, claimed)
            attempts.end(refusal)
        raise
