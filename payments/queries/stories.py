"""The whole story of one payment, line by line: what was tried, what the gateway told, and what the ledger says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from authspine.kernel.money import Money, format_money
from payments.models import Alert, Dispute, GatewayEvent, LedgerTransaction, PaymentIntent, Refund, RefundRequest


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened: when, what kind of thing, in words, and the row that tells more."""

    at: datetime
    kind: str
    text: str
    detail: str = ""
    row: Model | None = None


def lines(intent: PaymentIntent) -> list[Line]:
    """What payments know of it, in no order."""
    found = [*_attempt(intent), *_gateway(intent), *_ledger(intent)]
    for model, tell in ((Refund, _refund), (RefundRequest, _request), (Dispute, _dispute), (Alert, _alert)):
        rows: Any = model._default_manager.filter(intent=intent.id)
        found += [line for row in rows for line in tell(row)]
    return found


def _attempt(intent: PaymentIntent) -> Iterator[Line]:
    words = f"{format_money(intent.amount)} by {intent.method}, for {intent.purpose}"
    yield Line(intent.created_at, "attempt", f"Started: {words}", "captured by hand" if _by_hand(intent) else "")
    if intent.processed_at:
        yield Line(intent.processed_at, "attempt", intent.status.capitalize(), intent.failure_detail)


def _by_hand(intent: PaymentIntent) -> bool:
    return intent.capture == PaymentIntent.Capture.MANUAL


def _gateway(intent: PaymentIntent) -> Iterator[Line]:
    """Events are global: those that name this payment, and no other organization."""
    about = Q(facts__intent=str(intent.id))
    if intent.gateway_id:
        about |= Q(facts__payment_intent=intent.gateway_id) | Q(facts__id=intent.gateway_id)
    ours = Q(facts__organization=str(intent.organization_id)) | Q(facts__organization__isnull=True)
    since = Q(received_at__gte=intent.created_at)
    for row in GatewayEvent.objects.filter(since, about, ours).order_by("-received_at")[:100]:
        yield Line(row.happened_at, "provider", row.type, f"{row.state} {row.detail}".strip())


def _ledger(intent: PaymentIntent) -> Iterator[Line]:
    """Of the booking, from the attempt on: the ledger tells of a booking's money as a whole."""
    rows = LedgerTransaction.objects.filter(booking=intent.booking_id, at__gte=intent.created_at)
    for row in rows.prefetch_related("entries"):
        sides = [f"{one.account.replace('_', ' ')} {_signed(one.amount)}" for one in row.entries.all()]
        yield Line(row.at, "ledger", row.kind.capitalize(), ", ".join(sides), row)


def _signed(amount: Money) -> str:
    side = "debit" if amount.amount_cents > 0 else "credit"
    return f"{side} {format_money(Money(abs(amount.amount_cents), amount.currency))}"


def _refund(row: Refund) -> Iterator[Line]:
    words = format_money(row.amount)
    yield Line(row.created_at, "refund", f"Refund of {words} ({row.cause.replace('_', ' ')})", row.reason, row)
    if row.processed_at:
        yield Line(row.processed_at, "refund", f"Refund of {words} {row.status}", row.failure_code, row)


def _request(row: RefundRequest) -> Iterator[Line]:
    words = format_money(row.amount)
    yield Line(row.created_at, "approval", f"Asked to give back {words}", row.reason, row)
    if row.decided_at:
        yield Line(row.decided_at, "approval", f"Giving back {words} was {row.status}", row.decision_reason, row)


def _dispute(row: Dispute) -> Iterator[Line]:
    yield Line(row.created_at, "dispute", f"Dispute about {format_money(row.amount)}", row.reason, row)
    if row.status != Dispute.Status.OPEN:
        yield Line(row.updated_at, "dispute", f"Dispute {row.status}", "", row)


def _alert(row: Alert) -> Iterator[Line]:
    yield Line(row.created_at, "alert", row.kind.replace("_", " ").capitalize(), row.detail, row)
    if row.settled_at:
        yield Line(row.settled_at, "alert", f"{row.kind.replace('_', ' ').capitalize()}: looked at", "", row)
