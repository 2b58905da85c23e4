"""Refunds that wait for a second person: asked for, approved or refused. Nothing is reserved before the approval."""

from datetime import datetime
from typing import Any
from uuid import UUID

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from authspine.privacy.fields import sealed_values
from payments import queries
from payments.actions import refunds
from payments.errors import AlreadyDecided, NothingToRefund, RefundTooLarge, SecondPersonNeeded
from payments.models import Refund, RefundRequest

Status = RefundRequest.Status
SECOND_PERSON: dict[str, Any] = {"payments_refundrequest_second_person": SecondPersonNeeded}


def ask(intent_id: UUID, *, amount: Money | None, reason: str, by: str, now: datetime) -> RefundRequest:
    """Ask for a refund of part, or without an amount of all that is left now. Locks the intent.

    Raises IntentNotFound, CurrencyMismatch, NothingToRefund, RefundTooLarge, Invalid.
    """
    intent = queries.lock_intent(intent_id, field="intent")
    refunds.check_currency(intent, amount)
    left = intent.left.amount_cents
    cents = left if amount is None else amount.amount_cents
    if not left:
        raise NothingToRefund
    if cents > left:
        raise RefundTooLarge
    request = RefundRequest(
        id=new_id(),
        intent=intent,
        amount_cents=cents,
        currency=intent.currency,
        reason=reason,
        requested_by=by,
        created_at=now,
        updated_at=now,
    )
    check_fields(request, "reason")
    request.save(force_insert=True)
    return request


def approve(request_id: UUID, *, by: str, now: datetime) -> Refund:
    """Claim the money: the refund comes to be with the approval, or neither does. Locks the intent.

    Raises RequestNotFound, SecondPersonNeeded (who asked cannot approve), AlreadyDecided, and NothingToRefund or
    RefundTooLarge when it is not there any more; then the request still waits.
    """
    request = queries.get_refund_request(request_id)
    intent = queries.lock_intent(request.intent_id)
    if request.status != Status.ASKED:
        raise AlreadyDecided(request.status)
    refund = refunds.make(intent, request.amount_cents, now=now, reason=request.reason)
    with refused_as(SECOND_PERSON):
        _decide(request, now=now, status=Status.APPROVED, approved_by=by, refund=refund)
    return refund


def refuse(request_id: UUID, *, by: str, reason: str, now: datetime) -> RefundRequest:
    """Say no; who asked may take it back so. Raises RequestNotFound, AlreadyDecided, Invalid."""
    request = queries.get_refund_request(request_id)
    request.decision_reason = reason
    check_fields(request, "decision_reason")
    said = sealed_values(request, decision_reason=reason)
    _decide(request, now=now, status=Status.REFUSED, refused_by=by, **said)
    return queries.get_refund_request(request_id)


def _decide(request: RefundRequest, *, now: datetime, **decision: Any) -> None:
    """Of two that decide at once one does. Raises AlreadyDecided, which undoes what came with it."""
    waiting = RefundRequest.objects.filter(id=request.id, status=Status.ASKED)
    if not waiting.update(decided_at=now, updated_at=now, **decision):
        raise AlreadyDecided(queries.get_refund_request(request.id).status)
