"""An attempt to be paid: claimed, tied to the gateway's record of it, asked for, and written down at its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from bookings.models import Booking
from payments import queries, rules
from payments.errors import (
    AlreadyPaid,
    GatewayRefusal,
    MethodNotAllowed,
    MethodRequired,
    NothingDue,
    NotPayable,
    PaymentInProgress,
    PaymentOver,
    Unconfirmed,
)
from payments.gateway import Seen
from payments.models import PaymentIntent

ONE_LIVE: dict[str, Any] = {"payments_paymentintent_one_live": PaymentInProgress}
UNDECIDED = {
    "failure_code": queries.UNKNOWN,
    "failure_detail": "The payment provider has not said yet what became of this.",
}
CLEAR = {"failure_code": "", "failure_detail": ""}
ENDS = (PaymentIntent.Status.SUCCEEDED, PaymentIntent.Status.FAILED, PaymentIntent.Status.CANCELLED)


@dataclass(frozen=True)
class Taken:
    """What was new: the status that it has now, if another, and how much more was captured."""

    status: str | None
    captured: int


def start(
    booking_id: UUID,
    *,
    method: str,
    now: datetime,
    lost_since: datetime,
    payment_method: str = "",
    external_id: str | None = None,
    **wanted: Any,
) -> tuple[PaymentIntent, bool]:
    """Claim an attempt to be paid what is due of a booking; says whether it is new.

    `wanted`: its purpose, how it is captured, and whether off-session. An attempt for the same purpose by the same
    method whose money nobody has asked for is taken up again. Locks the booking. Raises
    BookingNotFound, NotPayable, MethodNotAllowed, AlreadyPaid, NothingDue, PaymentInProgress, Unconfirmed (by another
    method, and the gateway knows of it), Invalid.
    """
    booking = queries.lock_booking(booking_id)
    purpose = wanted.get("purpose", rules.Purpose.FULL)
    _check_payable(booking, purpose, now=now)
    if not rules.is_allowed(method, booking.vertical.allowed_payment_methods):
        raise MethodNotAllowed
    live = queries.live_intent(booking.id)
    if live is not None:
        if not _is_idle(live, lost_since):
            raise PaymentInProgress
        if not _is_same(live, method, external_id, wanted):
            raise Unconfirmed(live.id)
        return _take_up(live, payment_method=payment_method, now=now), False
    told: Any = {"method": method, "external_id": external_id, "gateway_method": payment_method} | wanted
    return _new_intent(booking, now=now, **told), True


def _check_payable(booking: Booking, purpose: str, *, now: datetime) -> None:
    status = booking.status_at(now)
    if not rules.is_payable(purpose, status):
        raise NotPayable(status)


def _take_up(live: PaymentIntent, *, payment_method: str, now: datetime) -> PaymentIntent:
    chosen = payment_method or live.gateway_method
    PaymentIntent.objects.filter(id=live.id).update(gateway_method=chosen, updated_at=now, **CLEAR)
    return queries.get(live.id)


def _is_same(live: PaymentIntent, method: str, external_id: str | None, wanted: dict[str, Any]) -> bool:
    alike = all(getattr(live, name) == value for name, value in wanted.items())
    return alike and live.method == method and external_id in (None, live.external_id)


def _is_announced(live: PaymentIntent) -> bool:
    return live.through_gateway and bool(live.gateway_id)


def _is_idle(live: PaymentIntent, lost_since: datetime) -> bool:
    """Nobody has asked for its money, and nobody is announcing it right now."""
    if live.status != PaymentIntent.Status.PENDING:
        return False
    return not live.through_gateway or _is_announced(live) or _is_lost(live, lost_since)


def _is_lost(live: PaymentIntent, lost_since: datetime) -> bool:
    """Nobody is announcing it any more, and nobody knows that it ever was: nothing can have been charged."""
    unopened = live.through_gateway and live.status == PaymentIntent.Status.PENDING and not live.gateway_id
    return unopened and (live.failure_code == queries.UNKNOWN or live.updated_at <= lost_since)


def give_up(
    booking_id: UUID, *, method: str, external_id: str | None, now: datetime, lost_since: datetime, **wanted: Any
) -> list[PaymentIntent]:
    """Cancel an attempt that the gateway knows nothing of when another is wanted: cash, as the gateway is away.

    Locks the booking. Raises BookingNotFound.
    """
    live = queries.live_intent(queries.lock_booking(booking_id).id)
    if live is None or _is_announced(live) or not _is_idle(live, lost_since):
        return []
    if _is_same(live, method, external_id, wanted):
        return []
    cancelled = PaymentIntent.Status.CANCELLED
    return [live] if _move(live, cancelled, CLEAR | {"status": cancelled, "updated_at": now}) else []


def _new_intent(booking: Booking, *, now: datetime, **told: Any) -> PaymentIntent:
    due = queries.due(booking, told.get("purpose", rules.Purpose.FULL))
    if due.amount_cents <= 0:
        raise AlreadyPaid if queries.kept(booking) > 0 else NothingDue
    intent = PaymentIntent(
        id=new_id(),
        booking=booking,
        amount_cents=due.amount_cents,
        currency=due.currency,
        created_at=now,
        updated_at=now,
        **told,
    )
    check_fields(intent, "gateway_method", "external_id")
    with refused_as(ONE_LIVE):
        intent.save(force_insert=True)
    return intent


def adopt(intent: PaymentIntent, gateway_id: str, *, now: datetime) -> PaymentIntent:
    """Tie the attempt to the gateway's record of it, once; whoever comes second gets the first one's."""
    PaymentIntent.objects.filter(id=intent.id, gateway_id="").update(gateway_id=gateway_id, updated_at=now, **CLEAR)
    return queries.get(intent.id)


def claim(intent_id: UUID, *, payment_method: str, now: datetime) -> tuple[PaymentIntent, bool]:
    """Claim the right to ask for the money, with one card or account; says whether it was asked for before.

    A succeeded payment is given back as it is. Locks the booking, then the intent. Raises IntentNotFound, PaymentOver,
    NotPayable, AlreadyPaid, MethodRequired, PaymentInProgress (it is under way with another card or account).
    """
    booking = queries.lock_booking(queries.get(intent_id).booking_id)
    intent = queries.lock_intent(intent_id)
    if intent.status not in rules.LIVE:
        if intent.status != PaymentIntent.Status.SUCCEEDED:
            raise PaymentOver(intent.status)
        return intent, True
    repeated = intent.status != PaymentIntent.Status.PENDING
    named = queries.named_method(booking.id, payment_method) if intent.through_gateway else ""
    chosen = named or intent.gateway_method
    if repeated and chosen != intent.gateway_method:
        raise PaymentInProgress
    if not repeated:
        _check_payable(booking, intent.purpose, now=now)
        if intent.amount_cents > queries.due(booking, intent.purpose).amount_cents:
            raise AlreadyPaid  # by another attempt, whose money came late
        _begin(intent, chosen, now=now)
    return intent, repeated


def _begin(intent: PaymentIntent, chosen: str, *, now: datetime) -> None:
    if intent.through_gateway and not chosen:
        raise MethodRequired
    intent.status, intent.gateway_method, intent.updated_at = PaymentIntent.Status.PROCESSING, chosen, now
    check_fields(intent, "gateway_method")
    intent.save(update_fields=["status", "gateway_method", "updated_at"])


def take(intent: PaymentIntent, seen: Seen, *, now: datetime) -> Taken:
    """Write down what the gateway (or, for cash, the till) says of the attempt itself: whole, as it is now.

    Nothing goes backwards, so of two that bring the same news one records it, and the order in which news comes makes
    no difference. Expects the booking's and the intent's lock.
    """
    before, status = (intent.status, intent.captured_cents), _status_of(intent, seen)
    fields: dict[str, Any] = {"status": status, "captured_cents": max(intent.captured_cents, seen.captured)}
    if status != intent.status or fields["captured_cents"] != intent.captured_cents:
        fields |= CLEAR | {"next_action_url": seen.next_action_url[:1000]}
        if status in ENDS:
            fields["processed_at"] = now
    elif intent.failure_code == queries.UNKNOWN:
        fields |= CLEAR
    if status == PaymentIntent.Status.FAILED and before[0] != status:
        fields |= {"failure_code": seen.failure_code[:60], "failure_detail": seen.failure_detail[:300]}
    fields |= _fee(intent, fields["captured_cents"], seen)
    _write(intent, fields, now=now)
    return Taken(status if status != before[0] else None, intent.captured_cents - before[1])


def _status_of(intent: PaymentIntent, seen: Seen) -> str:
    """The status that follows from what was seen; the one it has where that would be a step back."""
    told: str = seen.status
    if told == PaymentIntent.Status.PENDING and seen.failure_code and intent.status != PaymentIntent.Status.PENDING:
        told = PaymentIntent.Status.FAILED  # asked for, and refused by the bank
    if told == PaymentIntent.Status.CANCELLED and max(seen.captured, intent.captured_cents):
        told = PaymentIntent.Status.SUCCEEDED  # captured in part; only the rest was let go
    return told if told != intent.status and rules.can_move(intent.status, told) else intent.status


def _fee(intent: PaymentIntent, captured: int, seen: Seen) -> dict[str, Any]:
    """What the gateway says it costs, else the table's estimate of what was captured."""
    if seen.fees is not None and captured:
        return {"fee_cents": seen.fees, "fee_is_known": True}
    if intent.fee_is_known or not captured:
        return {}
    return {"fee_cents": rules.fee(intent.method, Money(captured, intent.currency)).amount_cents}


def _write(intent: PaymentIntent, fields: dict[str, Any], *, now: datetime) -> None:
    changed = {name: value for name, value in fields.items() if getattr(intent, name) != value}
    if not changed:
        return
    PaymentIntent.objects.filter(id=intent.id).update(updated_at=now, **changed)
    for name, value in {"updated_at": now, **changed}.items():
        setattr(intent, name, value)


def fail(intent: PaymentIntent, refusal: GatewayRefusal, *, now: datetime) -> bool:
    """The attempt is over without money; it stays on record with the reason. False if it is known already."""
    told = {"failure_code": refusal.reason[:60], "failure_detail": refusal.detail[:300]}
    status = PaymentIntent.Status.FAILED
    return _move(intent, status, told | {"status": status, "updated_at": now, "processed_at": now})


def _move(intent: PaymentIntent, status: str, fields: dict[str, Any]) -> bool:
    return bool(PaymentIntent.objects.filter(id=intent.id, status__in=rules.sources(status)).update(**fields))


def note_unknown(intent: PaymentIntent, *, now: datetime) -> None:
    """Nobody knows what became of the last call. The attempt stays under way and may be asked about at once."""
    PaymentIntent.objects.filter(id=intent.id, status__in=rules.LIVE).update(updated_at=now, **UNDECIDED)


def flag_booking_gone(intent: PaymentIntent, status: str) -> None:
    """The money is here but its booking is not: kept, and marked for somebody to look at."""
    detail = f"The booking was {status} when the money arrived."
    PaymentIntent.objects.filter(id=intent.id).update(failure_code="booking_gone", failure_detail=detail)
