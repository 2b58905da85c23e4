"""What clients keep on file to pay with. The number itself stays with the gateway."""

from datetime import datetime
from typing import Any

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.validation import check_fields
from clients import queries as client_queries
from clients.errors import ClientNotFound
from clients.models import Client
from payments import queries
from payments.errors import MethodExists, MethodNotFound
from payments.models import Customer, MethodSetup, PaymentMethod

PROVIDER = "stripe"
ONCE: dict[str, Any] = {"payments_paymentmethod_once_per_client": MethodExists}


def add(
    client: Client, *, type: str, gateway_id: str, now: datetime, is_default: bool = False, **told: Any
) -> PaymentMethod:
    """Keep a card or account of a client; the first one is the default. `told`: brand, last4, metadata, external_id.

    Raises MethodExists, Invalid, ClientNotFound. Locks the client: of two first ones at once the second sees the first.
    """
    lock_row(client, client_queries.present(), missing=ClientNotFound)
    method = PaymentMethod(
        id=new_id(),
        client=client,
        type=type,
        provider=PROVIDER,
        provider_method_id=gateway_id,
        created_at=now,
        updated_at=now,
        **told,
    )
    check_fields(method)
    with refused_as(ONCE):
        method.save(force_insert=True)
    if is_default or not queries.methods().filter(client=client, is_default=True).exists():
        make_default(method, now=now)
    return method


def make_default(method: PaymentMethod, *, now: datetime) -> None:
    """Make this one the client's default, and no other. Raises MethodNotFound. Locks the client, then the method."""
    lock_row(Client(id=method.client_id), Client.objects.all(), missing=ClientNotFound)
    lock_row(method, queries.methods(), missing=MethodNotFound)
    others = PaymentMethod.objects.filter(client=method.client_id, is_default=True).exclude(id=method.id)
    others.update(is_default=False, updated_at=now)
    PaymentMethod.objects.filter(id=method.id).update(is_default=True, updated_at=now)
    method.is_default, method.updated_at = True, now


def remove(method: PaymentMethod) -> None:
    """Forget a card or account. What was paid with it stays. Raises MethodNotFound. Locks the method."""
    lock_row(method, queries.methods(), missing=MethodNotFound)
    method.delete()


def remove_all(client: Client) -> None:
    """Forget everything that a client keeps on file, and that the gateway ever knew them."""
    for model in (PaymentMethod, MethodSetup, Customer):
        model.objects.filter(client=client).delete()
