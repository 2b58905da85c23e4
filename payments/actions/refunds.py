"""Money given back. It is reserved on the intent before the gateway is asked: their sum never exceeds the captured."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from payments import queries
from payments.errors import CurrencyMismatch, GatewayRefusal, NothingToRefund, RefundTooLarge
from payments.models import PaymentIntent, Refund


def claim(
    intent_id: UUID,
    *,
    amount: Money | None,
    now: datetime,
    lost_since: datetime,
    reason: str = "",
    external_id: str | None = None,
) -> tuple[Refund, bool]:
    """Claim a refund of part (or, without an amount, of all that is left); says whether it was asked for before.

    A refund of the same amount whose outcome is unknown is taken up again instead of making a second one; without an
    amount, when nothing else is left. Locks the intent. Raises IntentNotFound, CurrencyMismatch, NothingToRefund,
    RefundTooLarge, Invalid.
    """
    intent = queries.lock_intent(intent_id, field="intent")
    if amount is not None and amount.currency != intent.currency:
        raise CurrencyMismatch(intent.currency)
    left = intent.left.amount_cents
    if amount is not None or left == 0:
        wanted = None if amount is None else amount.amount_cents
        lost = queries.lost_refund(intent, since=lost_since, amount_cents=wanted)
        if lost is not None:
            Refund.objects.filter(id=lost.id).update(failure_code="", updated_at=now)
            return lost, True
    cents = left if amount is None else amount.amount_cents
    reserve(intent, cents, now=now)
    return _new_refund(intent, cents, reason=reason, external_id=external_id, now=now), False


def reserve(intent: PaymentIntent, cents: int, *, now: datetime) -> None:
    """Take so much of what is left, in one conditional update. Raises NothingToRefund, RefundTooLarge."""
    enough = PaymentIntent.objects.filter(id=intent.id, captured_cents__gte=F("refunded_cents") + max(cents, 1))
    if not enough.update(refunded_cents=F("refunded_cents") + cents, updated_at=now):
        raise RefundTooLarge if intent.left.amount_cents else NothingToRefund


def _new_refund(intent: PaymentIntent, cents: int, *, reason: str, external_id: str | None, now: datetime) -> Refund:
    refund = Refund(
        id=new_id(),
        intent=intent,
        amount_cents=cents,
        currency=intent.currency,
        reason=reason,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(refund, "reason", "external_id")
    refund.save(force_insert=True)
    return refund


def record(refund: Refund, *, status: str, gateway_id: str, now: datetime) -> bool:
    """Write down what the gateway says: succeeded, or pending (the bank takes its time). True if it is new success."""
    fields = {"status": status, "gateway_id": gateway_id, "failure_code": "", "updated_at": now}
    if status == Refund.Status.SUCCEEDED:
        fields["processed_at"] = now
    pending = Refund.objects.filter(id=refund.id, status=Refund.Status.PENDING)
    return bool(pending.update(**fields)) and status == Refund.Status.SUCCEEDED


def fail(refund: Refund, refusal: GatewayRefusal, *, now: datetime) -> bool:
    """The gateway will not: the amount can be given back by another refund. False if it is known already.

    Locks the intent before the refund, as the claim does.
    """
    queries.lock_intent(refund.intent_id)
    pending = Refund.objects.filter(id=refund.id, status=Refund.Status.PENDING)
    told = {"failure_code": refusal.reason[:60], "processed_at": now, "updated_at": now}
    if not pending.update(status=Refund.Status.FAILED, **told):
        return False
    reserved = PaymentIntent.objects.filter(id=refund.intent_id)
    reserved.update(refunded_cents=F("refunded_cents") - refund.amount_cents, updated_at=now)
    return True


def note_unknown(refund: Refund, *, now: datetime) -> None:
    """Nobody knows what became of the last call. The amount stays reserved; the same request takes this refund up."""
    pending = Refund.objects.filter(id=refund.id, status=Refund.Status.PENDING)
    pending.update(failure_code=queries.UNKNOWN, updated_at=now)
