"""What payments know of a person, taken away. The money itself, and what the ledger says of it, stays."""

from datetime import datetime
from uuid import UUID

from clients.models import Client
from payments import queries
from payments.actions import methods
from payments.models import PaymentIntent, PaymentMethod, Refund, RefundRequest


def forget(client: Client, *, now: datetime) -> tuple[str, int]:
    """Remove what a client keeps on file, and empty what payments and refunds tell of them in words of people or banks.

    Gives what the gateway calls the client, or nothing, and how many ways to pay there were. Expects the locks of the
    client and of all their bookings.
    """
    known = queries.customer_id(client.id)
    on_file = PaymentMethod.objects.filter(client=client.id).count()
    methods.remove_all(client)
    _empty(client.id, now)
    return known, on_file


def _empty(client_id: UUID, now: datetime) -> None:
    of_client = PaymentIntent.objects.filter(booking__client=client_id)
    of_client.update(gateway_method="", next_action_url="", failure_detail="", updated_at=now)
    of_refunds = {"intent__in": of_client.values("id")}
    Refund.objects.filter(**of_refunds).exclude(reason="").update(reason="", updated_at=now)
    RefundRequest.objects.filter(**of_refunds).update(reason="", decision_reason="", updated_at=now)
