"""Journeys of money: give it back with a second person's approval, where it is much."""

from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments.refunding import refund, resume_refund
from payments.actions import approvals
from payments.errors import ApprovalRequired
from payments.models import Refund, RefundRequest


def refund_or_ask(
    organization: Organization, actor: Actor, *, intent: UUID, amount: Money | None = None, reason: str = ""
) -> Refund | RefundRequest:
    """Give money back, or, above the organization's limit, ask a second person to.

    Raises what `refund` raises, but ApprovalRequired.
    """
    tenancy.refuse_inside()
    try:
        return refund(organization, actor, intent=intent, amount=amount, reason=reason)
    except ApprovalRequired:
        with organization_scope(organization, actor):
            return approvals.ask(intent, amount=amount, reason=reason, by=str(actor), now=clock.now())


def approve_refund(organization: Organization, actor: Actor, request_id: UUID) -> Refund:
    """Give back what somebody else has asked for: 1. approve, and claim the money; 2. ask the gateway; 3. record it.

    Of two that approve at once one gives back. Raises RequestNotFound, SecondPersonNeeded, AlreadyDecided,
    NothingToRefund or RefundTooLarge (the request still waits), GatewayRefused, GatewayUnavailable (the refund is
    pending, its amount reserved, and the reconciliation takes it up).
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        claimed = approvals.approve(request_id, by=str(actor), now=clock.now())
    return resume_refund(organization, actor, claimed.id, asked_before=False)


def refuse_refund(request_id: UUID, *, reason: str = "") -> RefundRequest:
    """Say no to what was asked for. Runs inside a scope. Raises RequestNotFound, AlreadyDecided."""
    by = str(tenancy.current().actor)
    return approvals.refuse(request_id, by=by, reason=reason, now=clock.now())
