"""What the journeys of money tell."""

import logging
from typing import Any

from analytics import actions as event_actions
from authspine.kernel import clock
from payments.actions import alerts
from payments.models import PaymentIntent, Refund

logger = logging.getLogger(__name__)


def record(verb: str, intent: PaymentIntent, *, cents: int, **more: Any) -> None:
    """`payment.<verb>`, about the client."""
    told = {"paymentIntentId": str(intent.id), "bookingId": str(intent.booking_id), "method": intent.method}
    money = {"amount": cents, "currency": intent.currency}
    event_actions.record(f"payment.{verb}", user=intent.booking.client_id, data=told | money | more, now=clock.now())


def record_refund(verb: str, intent: PaymentIntent, refund: Refund) -> None:
    """`payment.refunded` or `payment.refund_failed`."""
    record(verb, intent, cents=refund.amount_cents, refundId=str(refund.id), cause=refund.cause)


def alert(kind: str, subject: str, detail: str, *, intent: PaymentIntent | None = None) -> None:
    """Have a human look at something about money: an alert, its event and a line in the log, once while it is open."""
    now = clock.now()
    if not alerts.raise_alert(kind, subject, detail, now=now, intent=intent):
        return
    told = {"kind": kind, "subject": subject, "detail": detail}
    user = None
    if intent is not None:
        told |= {"paymentIntentId": str(intent.id), "bookingId": str(intent.booking_id)}
        user = intent.booking.client_id
    event_actions.record("payment.alert_raised", user=user, data=told, now=now)
    logger.error("Somebody must look at a payment (%s, %s): %s", kind, subject, detail)
