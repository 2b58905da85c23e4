"""A card or account on its way onto a client's file: claimed, tied to the gateway's record of it, and kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.validation import check_fields
from clients import queries as client_queries
from clients.errors import ClientNotFound
from clients.models import Client
from payments import queries
from payments.actions import methods
from payments.errors import GatewayRefusal, MethodExists
from payments.gateway import OnFile, Setup
from payments.models import Customer, MethodSetup, PaymentMethod

Status = MethodSetup.Status
OPEN = (Status.PENDING, Status.REQUIRES_ACTION)


def customer(client: Client, *, now: datetime) -> Customer:
    """The client as the gateway is to know them, the same row for whoever asks. Locks the client."""
    lock_row(client, client_queries.present(), missing=ClientNotFound)
    known = Customer.objects.filter(client=client).first()
    return known or Customer.objects.create(id=new_id(), client=client, created_at=now, updated_at=now)


def adopt_customer(whose: Customer, gateway_id: str, *, now: datetime) -> Customer:
    """Tie the client to the gateway's record of them, once: in the place of what `whose` tells, a copy's or nothing."""
    Customer.objects.filter(id=whose.id, gateway_id=whose.gateway_id).update(gateway_id=gateway_id, updated_at=now)
    found: Customer = Customer.objects.get(id=whose.id)
    return found


def begin(client: Client, *, type: str, gateway_method: str, now: datetime, **told: Any) -> MethodSetup:
    """Claim an attempt. `told`: is_default, metadata, external_id. Locks the client. Raises MethodExists, Invalid."""
    if queries.method_of(client.id, gateway_method):
        raise MethodExists
    setup = MethodSetup(
        id=new_id(), client=client, type=type, gateway_method=gateway_method, created_at=now, updated_at=now, **told
    )
    check_fields(setup)
    setup.save(force_insert=True)
    return setup


def record(setup_id: UUID, seen: Setup, card: OnFile | None, *, now: datetime) -> tuple[PaymentMethod | None, bool]:
    """Write down what the gateway says of an attempt; `card` is what it has on file then.

    Gives what is on file by it, and whether that is new. Locks the client, then the attempt, so of two that bring the
    same news one records it. Raises SetupNotFound, ClientNotFound, Invalid.
    """
    client = Client(id=queries.get_setup(setup_id).client_id)
    lock_row(client, client_queries.present(), missing=ClientNotFound)
    setup = queries.lock_setup(setup_id)
    if setup.status in OPEN:
        fields = {"status": seen.status, "gateway_id": seen.gateway_id, "failure_code": seen.failure_code[:60]}
        fields |= {"next_action_url": seen.next_action_url[:1000]}
        fields |= {"gateway_method": card.gateway_id} if card else {}
        MethodSetup.objects.filter(id=setup.id).update(updated_at=now, **fields)
        if card:
            return _kept(setup, client, card, now=now)
    return queries.method_of(setup.client_id, setup.gateway_method), False


def _kept(setup: MethodSetup, client: Client, card: OnFile, *, now: datetime) -> tuple[PaymentMethod, bool]:
    if known := queries.method_of(client.id, card.gateway_id):
        return known, False
    told = {"brand": card.brand[:30], "last4": card.last4[:4], "metadata": setup.metadata}
    told |= {"external_id": setup.external_id, "is_default": setup.is_default}
    return methods.add(client, type=setup.type, gateway_id=card.gateway_id, now=now, **told), True


def fail(setup: MethodSetup, refusal: GatewayRefusal, *, now: datetime) -> None:
    """The gateway or the bank will not; the attempt stays on record with the reason."""
    still = MethodSetup.objects.filter(id=setup.id, status__in=OPEN)
    still.update(status=Status.FAILED, failure_code=refusal.reason[:60], updated_at=now)
