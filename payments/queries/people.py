"""What money there is of one person: asked before they are erased, and for the receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from payments import rules
from payments.models import (
    Customer,
    Dispute,
    LedgerTransaction,
    MethodSetup,
    PaymentIntent,
    PaymentMethod,
    Refund,
    RefundRequest,
)


@dataclass(frozen=True)
class Money:
    """How much is on record, and when the last of it happened; None where there is nothing."""

    payments: int
    ledger: int
    last_at: datetime | None


def in_flight(client_id: UUID) -> bool:
    """Whether anything of a client's money is under way. Expects the locks of the client and of all their bookings."""
    of_booking, of_intent = {"booking__client": client_id}, {"intent__booking__client": client_id}
    setups = MethodSetup.objects.filter(client=client_id)
    waiting = [
        PaymentIntent.objects.filter(status__in=rules.LIVE, **of_booking),
        Refund.objects.filter(status=Refund.Status.PENDING, **of_intent),
        RefundRequest.objects.filter(status=RefundRequest.Status.ASKED, **of_intent),
        # Who answers one needs to know whom it is about.
        Dispute.objects.filter(status=Dispute.Status.OPEN, **of_intent),
        setups.filter(status__in=[MethodSetup.Status.PENDING, MethodSetup.Status.REQUIRES_ACTION]),
    ]
    return any(rows.exists() for rows in waiting)


def ids_of_client(client_id: UUID) -> list[UUID]:
    """Every row of payments that is about this client."""
    of_booking, of_intent = {"booking__client": client_id}, {"intent__booking__client": client_id}
    of_client = {"client": client_id}
    about: list[tuple[Any, dict[str, UUID]]] = [
        (PaymentIntent, of_booking),
        (Refund, of_intent),
        (RefundRequest, of_intent),
        (PaymentMethod, of_client),
        (MethodSetup, of_client),
        (Customer, of_client),
    ]
    return [id for model, which in about for id in model.objects.filter(**which).values_list("id", flat=True)]


def money_of_client(client_id: UUID) -> Money:
    intents = PaymentIntent.objects.filter(booking__client=client_id)
    ledger = LedgerTransaction.objects.filter(booking__client=client_id)
    last = [rows.aggregate(last=Max(field))["last"] for rows, field in ((intents, "updated_at"), (ledger, "at"))]
    return Money(intents.count(), ledger.count(), max(filter(None, last), default=None))
