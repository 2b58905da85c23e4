"""The one place in which what is seen at the gateway becomes ours, and what follows from it. Runs inside a scope.

Applied twice, or late, or out of order, it changes nothing that it has not to: rows only ever move towards what the
gateway says now.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from authspine.kernel import clock, tenancy
from authspine.kernel.enqueue import enqueue
from authspine.orchestrator import bookings
from authspine.orchestrator.payments.telling import alert, record, record_refund
from bookings import queries as booking_queries
from bookings.errors import InvalidTransition
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import alerts, disputes, refunds
from payments.actions import intents as intent_actions
from payments.actions import ledger as ledger_actions
from payments.gateway import Seen
from payments.models import PaymentIntent

Status = PaymentIntent.Status


def apply(intent_id: UUID, seen: Seen) -> PaymentIntent:
    """Bring an attempt, its refunds and disputes to what was seen, with events, ledger and booking. Gives the attempt.

    What does not match what we asked for changes nothing and raises an alert. Locks booking, then intent.
    """
    now = clock.now()
    payment_queries.lock_booking(payment_queries.get(intent_id).booking_id)
    intent = payment_queries.lock_intent(intent_id)
    if wrong := mismatch(intent, seen):
        alert("mismatch", seen.gateway_id, wrong, intent=intent)
        return intent
    taken = intent_actions.take(intent, seen, now=now)
    _tell(intent, taken)
    if taken.captured:
        _alert_if_overpaid(intent)
    _merge_refunds(intent, seen, now)
    _merge_disputes(intent, seen, now)
    ledger_actions.post(intent.booking_id, now=now)
    if taken.captured or taken.status in (Status.SUCCEEDED, Status.AUTHORIZED):
        _settle(intent)
    return payment_queries.get(intent_id)


def by_hand(intent: PaymentIntent) -> Seen:
    """What the till says: cash and invoice succeed by being recorded, and cost nothing."""
    return Seen(
        "", rules.IntentStatus.SUCCEEDED, intent.amount, captured=intent.amount_cents, fees=0, intent=str(intent.id)
    )


def mismatch(intent: PaymentIntent, seen: Seen) -> str:
    """What is not as we asked for it, in words; nothing of it may confirm anything."""
    if not intent.through_gateway:
        return ""
    ours = str(intent.id), str(tenancy.organization_id())
    if (seen.intent, seen.organization) != ours:
        return "The provider has this payment as another's."
    if intent.gateway_id not in ("", seen.gateway_id):
        return "The provider has a second payment for the same attempt."
    if seen.amount != intent.amount:
        there = f"{seen.amount.amount_cents} {seen.amount.currency}"
        return f"The provider has {there}, asked for were {intent.amount_cents} {intent.currency}."
    if seen.livemode != gateway.is_live():
        return "Test money and real money were mixed up."
    return ""


def _tell(intent: PaymentIntent, taken: intent_actions.Taken) -> None:
    if taken.captured and intent.capture == PaymentIntent.Capture.MANUAL:
        record("captured", intent, cents=taken.captured)
    if taken.status == Status.SUCCEEDED:
        record("succeeded", intent, cents=intent.captured_cents)
    elif taken.status == Status.FAILED:
        record("failed", intent, cents=intent.amount_cents, code=intent.failure_code)
    elif taken.status in (Status.CANCELLED, Status.AUTHORIZED):
        record(taken.status, intent, cents=intent.amount_cents)


def _merge_refunds(intent: PaymentIntent, seen: Seen, now: datetime) -> None:
    if seen.refunds is None:
        return
    news = refunds.merge(intent, seen.refunds, now=now)
    for one in news.succeeded:
        record_refund("refunded", intent, one)
    for one in news.failed:
        record_refund("refund_failed", intent, one)
        alert("refund_failed", str(one.id), "The bank did not take a refund.", intent=intent)
    for told in news.excess:
        detail = f"The provider gave back {told.cents} {intent.currency}, more than what was left here."
        alert("refund_excess", told.gateway_id, detail, intent=intent)


def _merge_disputes(intent: PaymentIntent, seen: Seen, now: datetime) -> None:
    """Whether a dispute is seen open first, or only when it is closed, the same is told of it."""
    if seen.disputes is None:
        return
    for one, is_new in disputes.merge(intent, seen.disputes, now=now):
        told: dict[str, Any] = {"cents": one.amount_cents, "disputeId": str(one.id)}
        if is_new:
            record("disputed", intent, status="open", **told)
            detail = "A client's bank takes money back. Answer it at the provider."
            alert("dispute", one.gateway_id, detail, intent=intent)
        if one.status != one.Status.OPEN:
            record("dispute_closed", intent, status=one.status, **told)
            alerts.settle_known("dispute", one.gateway_id, by="provider", now=now)


def _alert_if_overpaid(intent: PaymentIntent) -> None:
    """An attempt that was given up may have been paid after all, beside another. Which goes back, a human decides."""
    if payment_queries.kept(intent.booking) > intent.booking.total_cents:
        detail = "More was paid than the booking costs: an attempt that was given up has succeeded after all."
        alert("overpaid", str(intent.booking_id), detail, intent=intent)


def _settle(intent: PaymentIntent) -> None:
    """A hold is confirmed by the money, answered or not; money without a booking goes back.

    Expects the booking's lock.
    """
    booking = booking_queries.get(intent.booking_id, now=clock.now())
    status = booking.status_at(clock.now())
    if status == "held":
        try:
            bookings.confirm(booking.id, override=True)
        except InvalidTransition:  # the hold ran out between two lines
            status = "expired"
    if status in rules.GONE and intent.purpose != PaymentIntent.Purpose.FEE:
        intent_actions.flag_booking_gone(intent, status)
        if intent.through_gateway:
            enqueue("payments.settle_booking", organization=tenancy.organization_id(), booking=booking.id)
