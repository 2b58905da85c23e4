"""The one place in which what is seen at the gateway becomes ours, and what follows from it. Runs inside a scope.

Applied twice, or late, or out of order, it changes nothing that it has not to: rows only ever move towards what the
gateway says now.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from authspine.kernel import clock, tenancy
from authspine.kernel.enqueue import enqueue
from authspine.orchestrator import bookings
from authspine.orchestrator.payments.telling import record, record_refund
from bookings import queries as booking_queries
from bookings.errors import InvalidTransition
from payments import queries as payment_queries
from payments import rules
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
    if wrong := _mismatch(intent, seen):
        alerts.raise_alert("mismatch", seen.gateway_id, wrong, now=now, intent=intent)
        return intent
    taken = intent_actions.take(intent, seen, now=now)
    _tell(intent, taken)
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


def _mismatch(intent: PaymentIntent, seen: Seen) -> str:
    """What is not as we asked for it, in words; nothing of it may confirm anything."""
    if not intent.through_gateway:
        return ""
    ours = str(intent.id), str(tenancy.organization_id())
    if (seen.intent, seen.organization) != ours:
        return "The provider has this payment as another's."
    if seen.amount != intent.amount:
        there = f"{seen.amount.amount_cents} {seen.amount.currency}"
        return f"The provider has {there}, asked for were {intent.amount_cents} {intent.currency}."
    if seen.livemode != settings.STRIPE_API_KEY.startswith(("sk_live", "rk_live")):
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
        alerts.raise_alert("refund_failed", str(one.id), "The bank did not take a refund.", now=now, intent=intent)
    for told in news.excess:
        detail = f"The provider gave back {told.cents} {intent.currency}, more than what was left here."
        alerts.raise_alert("refund_excess", told.gateway_id, detail, now=now, intent=intent)


def _merge_disputes(intent: PaymentIntent, seen: Seen, now: datetime) -> None:
    for one in disputes.merge(intent, seen.disputes or (), now=now) if seen.disputes is not None else ():
        verb = "disputed" if one.status == one.Status.OPEN else "dispute_closed"
        record(verb, intent, cents=one.amount_cents, disputeId=str(one.id), status=one.status)
        if one.status == one.Status.OPEN:
            detail = "A client's bank takes money back. Answer it at the provider."
            alerts.raise_alert("dispute", one.gateway_id, detail, now=now, intent=intent)


def _settle(intent: PaymentIntent) -> None:
    """A hold is confirmed by the money; money without a booking goes back. Expects the booking's lock."""
    booking = booking_queries.get(intent.booking_id, now=clock.now())
    status = booking.status_at(clock.now())
    if status == "held":
        try:
            bookings.confirm(booking.id)
        except InvalidTransition:  # the hold ran out between two lines
            status = "expired"
    if status in rules.GONE and intent.purpose != PaymentIntent.Purpose.FEE:
        intent_actions.flag_booking_gone(intent, status)
        if intent.through_gateway:
            enqueue("payments.settle_booking", organization=tenancy.organization_id(), booking=booking.id)
