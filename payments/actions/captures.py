"""The end of an attempt that holds money without having it: taken, or let go."""

from datetime import datetime
from uuid import UUID, uuid5

from authspine.kernel.money import Money
from payments import queries, rules
from payments.errors import (
    CaptureOvertaken,
    CaptureTooLarge,
    CurrencyMismatch,
    NotCancellable,
    NotCapturable,
    PaymentInProgress,
)
from payments.models import PaymentIntent

Status = PaymentIntent.Status


def attempt(intent_id: UUID, before: int) -> UUID:
    """What tells one capture from the next: its intent, and what was taken before it."""
    return uuid5(intent_id, f"capture:{before}")


def claim_capture(
    intent_id: UUID, *, amount: Money | None, expected: int | None = None, begun: UUID | None = None
) -> tuple[PaymentIntent, Money | None, int]:
    """How much to take of an authorized amount, and what was taken before; None when there is nothing to take.

    Without an amount all that is left; with `expected` nothing, unless exactly so much was taken before; nothing
    either when the attempt that the same request has `begun` was carried out, though its answer was lost. Locks the
    intent. Raises IntentNotFound, NotCapturable, CurrencyMismatch, CaptureTooLarge, CaptureOvertaken.
    """
    intent = queries.lock_intent(intent_id)
    before = intent.captured_cents
    if expected is not None and expected != before:
        return intent, None, before
    if begun is not None and amount is not None and begun != attempt(intent.id, before):
        if begun != attempt(intent.id, before - amount.amount_cents):
            raise CaptureOvertaken
        return intent, None, before
    if intent.status == Status.SUCCEEDED and intent.capture == PaymentIntent.Capture.MANUAL and amount is None:
        return intent, None, before
    if intent.status != Status.AUTHORIZED or not intent.gateway_id:
        raise NotCapturable(intent.status)
    left = intent.amount_cents - before
    wanted = amount or Money(left, intent.currency)
    if wanted.currency != intent.currency:
        raise CurrencyMismatch(intent.currency)
    if wanted.amount_cents > left:
        raise CaptureTooLarge
    return intent, wanted, before


def claim_cancel(intent_id: UUID) -> PaymentIntent:
    """The attempt, if it may be cancelled as far as is known here. Locks the intent.

    Of what was captured in part the rest may be let go.
    Raises IntentNotFound, NotCancellable, PaymentInProgress (somebody is asking for its money right now).
    """
    intent = queries.lock_intent(intent_id)
    if intent.status in (Status.SUCCEEDED, Status.FAILED):
        raise NotCancellable(intent.status)
    if intent.status == Status.PROCESSING and intent.through_gateway and not intent.gateway_id:
        raise PaymentInProgress
    return intent


def cancel_here(intent: PaymentIntent, *, now: datetime) -> bool:
    """Cancel an attempt that the gateway knows nothing of, or that is another's there. False if it is over already."""
    live = PaymentIntent.objects.filter(id=intent.id, status__in=rules.sources(Status.CANCELLED))
    return bool(live.update(status=Status.CANCELLED, failure_code="", failure_detail="", updated_at=now))


def too_late(intent: PaymentIntent, *, before: int) -> NotCancellable | None:
    """The refusal, when the gateway has said that it was too late; `before` was captured when it was asked."""
    let_go = intent.status == Status.SUCCEEDED and 0 < before == intent.captured_cents
    return None if let_go or intent.status == Status.CANCELLED else NotCancellable(intent.status)
