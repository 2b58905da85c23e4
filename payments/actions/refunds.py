"""Money given back. It is reserved on the intent before the gateway is asked: their sum never exceeds the captured."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from payments import queries, rules
from payments.errors import ApprovalRequired, CurrencyMismatch, NothingToRefund, RefundTooLarge
from payments.gateway import SeenRefund
from payments.models import PaymentIntent, Refund


def claim(
    intent_id: UUID,
    *,
    amount: Money | None,
    now: datetime,
    lost_since: datetime,
    reason: str = "",
    external_id: str | None = None,
    limit: Money | None = None,
) -> tuple[Refund, bool]:
    """Claim a refund of part (or, without an amount, of all that is left); says whether it was asked for before.

    A refund of the same amount whose outcome is unknown is taken up again instead of making a second one; without an
    amount, when nothing else is left. With a `limit`, no more than that goes back of the payment altogether. Locks the
    intent. Raises IntentNotFound, CurrencyMismatch, ApprovalRequired, NothingToRefund, RefundTooLarge, Invalid.
    """
    intent = queries.lock_intent(intent_id, field="intent")
    check_currency(intent, amount)
    left = intent.left.amount_cents
    if amount is not None or left == 0:
        wanted = None if amount is None else amount.amount_cents
        lost = queries.lost_refund(intent, since=lost_since, amount_cents=wanted)
        if lost is not None:
            Refund.objects.filter(id=lost.id).update(failure_code="", updated_at=now)
            return lost, True
    cents = left if amount is None else amount.amount_cents
    _check_limit(intent, cents, limit)
    return make(intent, cents, now=now, reason=reason, external_id=external_id), False


def check_currency(intent: PaymentIntent, amount: Money | None) -> None:
    """Raise CurrencyMismatch unless the payment was in this currency."""
    if amount is not None and amount.currency != intent.currency:
        raise CurrencyMismatch(intent.currency)


def _check_limit(intent: PaymentIntent, cents: int, limit: Money | None) -> None:
    # What is more than what is left is refused as such: nobody should be asked to approve it.
    if limit is None or not 0 < cents <= intent.left.amount_cents:
        return
    if rules.needs_approval(Money(intent.refunded_cents + cents, intent.currency), limit):
        raise ApprovalRequired


def make(intent: PaymentIntent, cents: int, *, now: datetime, **told: Any) -> Refund:
    """Reserve so much for a new refund, which is still to be asked for. Raises NothingToRefund, RefundTooLarge."""
    reserve(intent, cents, now=now)
    return _new_refund(intent, cents, now=now, **told)


def reserve(intent: PaymentIntent, cents: int, *, now: datetime) -> None:
    """Take so much of what is left, in one conditional update. Raises NothingToRefund, RefundTooLarge."""
    enough = PaymentIntent.objects.filter(id=intent.id, captured_cents__gte=F("refunded_cents") + max(cents, 1))
    if not enough.update(refunded_cents=F("refunded_cents") + cents, updated_at=now):
        raise RefundTooLarge if intent.left.amount_cents else NothingToRefund


def _new_refund(intent: PaymentIntent, cents: int, *, now: datetime, **told: Any) -> Refund:
    refund = Refund(
        id=new_id(),
        intent=intent,
        amount_cents=cents,
        currency=intent.currency,
        created_at=now,
        updated_at=now,
        **told,
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


def fail(refund: Refund, reason: str, *, now: datetime) -> bool:
    """The gateway or the bank will not, perhaps after it had said yes: the amount can be given back by another refund.

    False if it is known already. Locks the intent before the refund, as the claim does.
    """
    queries.lock_intent(refund.intent_id)
    hoped = Refund.objects.filter(id=refund.id, status__in=[Refund.Status.PENDING, Refund.Status.SUCCEEDED])
    told = {"failure_code": reason[:60], "processed_at": now, "updated_at": now}
    if not hoped.update(status=Refund.Status.FAILED, **told):
        return False
    reserved = PaymentIntent.objects.filter(id=refund.intent_id)
    reserved.update(refunded_cents=F("refunded_cents") - refund.amount_cents, updated_at=now)
    return True


@dataclass(frozen=True)
class Merged:
    """What was new in what the gateway says of refunds. `excess`: made there, and more than was left here."""

    succeeded: list[Refund] = field(default_factory=list)
    failed: list[Refund] = field(default_factory=list)
    excess: list[SeenRefund] = field(default_factory=list)


def merge(intent: PaymentIntent, seen: Iterable[SeenRefund], *, now: datetime) -> Merged:
    """Bring our refunds of an intent to what the gateway says; one that was made there by hand becomes one of ours.

    Expects the intent's lock.
    """
    known = list(queries.refunds().filter(intent=intent.id))
    by_id = {str(row.id): row for row in known} | {row.gateway_id: row for row in known if row.gateway_id}
    news = Merged()
    for told in seen:
        row = by_id.get(told.gateway_id) or by_id.get(told.ours) or _made_there(intent, told, news, now=now)
        if row is not None:
            _follow(row, told, news, now=now)
    return news


def _made_there(intent: PaymentIntent, told: SeenRefund, news: Merged, *, now: datetime) -> Refund | None:
    try:
        return make(intent, told.cents, now=now, cause=Refund.Cause.PROVIDER, gateway_id=told.gateway_id)
    except (NothingToRefund, RefundTooLarge):
        if told.status != Refund.Status.FAILED:
            news.excess.append(told)
        return None


def _follow(row: Refund, told: SeenRefund, news: Merged, *, now: datetime) -> None:
    if told.status == Refund.Status.FAILED:
        if fail(row, told.reason or "refund_failed", now=now):
            news.failed.append(row)
    elif record(row, status=told.status, gateway_id=told.gateway_id, now=now):
        news.succeeded.append(row)


def note_unknown(refund: Refund, *, now: datetime) -> None:
    """Nobody knows what became of the last call. The amount stays reserved; the same request takes this refund up."""
    pending = Refund.objects.filter(id=refund.id, status=Refund.Status.PENDING)
    pending.update(failure_code=queries.UNKNOWN, updated_at=now)
