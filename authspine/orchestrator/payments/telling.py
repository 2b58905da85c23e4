"""What the journeys of money tell."""

from typing import Any

from analytics import actions as event_actions
from authspine.kernel import clock
from payments.models import PaymentIntent, Refund


def record(verb: str, intent: PaymentIntent, *, cents: int, **more: Any) -> None:
    """`payment.<verb>`, about the client."""
    told = {"paymentIntentId": str(intent.id), "bookingId": str(intent.booking_id), "method": intent.method}
    money = {"amount": cents, "currency": intent.currency}
    event_actions.record(f"payment.{verb}", user=intent.booking.client_id, data=told | money | more, now=clock.now())


def record_refund(verb: str, intent: PaymentIntent, refund: Refund) -> None:
    """`payment.refunded` or `payment.refund_failed`."""
    record(verb, intent, cents=refund.amount_cents, refundId=str(refund.id), cause=refund.cause)
