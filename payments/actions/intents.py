"""An attempt to be paid: claimed, tied to the gateway's record of it, asked for, and written down at its end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
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
from payments.models import PaymentIntent

ONE_LIVE: dict[str, Any] = {"payments_paymentintent_one_live": PaymentInProgress}
UNDECIDED = {
    "failure_code": queries.UNKNOWN,
    "failure_detail": "The payment provider has not said yet what became of this.",
}
CLEAR = {"failure_code": "", "failure_detail": ""}


def start(
    booking_id: UUID,
    *,
    method: str,
    now: datetime,
    lost_since: datetime,
    payment_method: str = "",
    external_id: str | None = None,
) -> tuple[PaymentIntent, bool]:
    """Claim an attempt to be paid what is due of a booking; says whether it is new.

    An attempt by the same method whose money nobody has asked for is taken up again. Locks the booking. Raises
    BookingNotFound, NotPayable, MethodNotAllowed, AlreadyPaid, NothingDue, PaymentInProgress, Unconfirmed (by another
    method, and the gateway knows of it), Invalid.
    """
    booking = queries.lock_booking(booking_id)
    _check_payable(booking, now=now)
    if not rules.is_allowed(method, booking.vertical.allowed_payment_methods):
        raise MethodNotAllowed
    live = queries.live_intent(booking.id)
    if live is not None:
        if not _is_idle(live, lost_since):
            raise PaymentInProgress
        if not _is_same(live, method, external_id):
            raise Unconfirmed(live.id)
        return _take_up(live, payment_method=payment_method, now=now), False
    return _new_intent(booking, method=method, payment_method=payment_method, external_id=external_id, now=now), True


def _check_payable(booking: Booking, *, now: datetime) -> None:
    status = booking.status_at(now)
    if status not in rules.PAYABLE:
        raise NotPayable(status)


def _take_up(live: PaymentIntent, *, payment_method: str, now: datetime) -> PaymentIntent:
    chosen = payment_method or live.gateway_method
    PaymentIntent.objects.filter(id=live.id).update(gateway_method=chosen, updated_at=now, **CLEAR)
    return queries.get(live.id)


def _is_same(live: PaymentIntent, method: str, external_id: str | None) -> bool:
    return live.method == method and external_id in (None, live.external_id)


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
    booking_id: UUID, *, method: str, external_id: str | None, now: datetime, lost_since: datetime
) -> list[PaymentIntent]:
    """Cancel an attempt that the gateway knows nothing of when another is wanted: cash, as the gateway is away.

    Locks the booking. Raises BookingNotFound.
    """
    live = queries.live_intent(queries.lock_booking(booking_id).id)
    if live is None or _is_same(live, method, external_id) or _is_announced(live) or not _is_idle(live, lost_since):
        return []
    cancelled = PaymentIntent.Status.CANCELLED
    return [live] if _move(live, cancelled, CLEAR | {"status": cancelled, "updated_at": now}) else []


def _new_intent(
    booking: Booking, *, method: str, payment_method: str, external_id: str | None, now: datetime
) -> PaymentIntent:
    due = queries.due(booking)
    if due.amount_cents <= 0:
        raise AlreadyPaid if booking.total_cents else NothingDue
    intent = PaymentIntent(
        id=new_id(),
        booking=booking,
        method=method,
        amount_cents=due.amount_cents,
        currency=due.currency,
        gateway_method=payment_method,
        external_id=external_id,
        created_at=now,
        updated_at=now,
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
    NotPayable, MethodRequired, PaymentInProgress (it is under way with another card or account).
    """
    booking = queries.lock_booking(queries.get(intent_id).booking_id)
    intent = queries.lock_intent(intent_id)
    if intent.status not in rules.LIVE:
        if intent.status != PaymentIntent.Status.SUCCEEDED:
            raise PaymentOver(intent.status)
        return intent, True
    repeated = intent.status != PaymentIntent.Status.PENDING
    chosen = (payment_method if intent.through_gateway else "") or intent.gateway_method
    if repeated and chosen != intent.gateway_method:
        raise PaymentInProgress
    if not repeated:
        _check_payable(booking, now=now)
        _begin(intent, chosen, now=now)
    return intent, repeated


def _begin(intent: PaymentIntent, chosen: str, *, now: datetime) -> None:
    if intent.through_gateway and not chosen:
        raise MethodRequired
    intent.status, intent.gateway_method, intent.updated_at = PaymentIntent.Status.PROCESSING, chosen, now
    check_fields(intent, "gateway_method")
    intent.save(update_fields=["status", "gateway_method", "updated_at"])


def record(intent: PaymentIntent, status: str, *, now: datetime) -> bool:
    """Write down what the gateway (or, for cash, the till) says; False if it is known already.

    Succeeded: the whole amount is captured, and the fee is the table's estimate. Expects the booking's lock.
    """
    fields: dict[str, Any] = CLEAR | {"status": status, "updated_at": now}
    if status == PaymentIntent.Status.SUCCEEDED:
        fee = rules.fee(intent.method, intent.amount)
        fields |= {"captured_cents": F("amount_cents"), "fee_cents": fee.amount_cents, "processed_at": now}
    return _move(intent, status, fields)


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
