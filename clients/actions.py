"""Changes to clients. All run inside an organization scope."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from authspine.identity import actions as identity_actions
from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row, lock_subjects
from authspine.kernel.validation import check_fields
from authspine.privacy import blind
from clients import queries
from clients.errors import ClientNotFound, EmailExists, LegalHold
from clients.models import Client

# What `derive` fills.
DERIVED = ("email_key", "tokens")

UNIQUE_EMAIL = {"clients_client_email_key": EmailExists}


def derive(client: Client) -> Client:
    """Fill what follows from the rest: what stands for the e-mail and what the client is found by."""
    client.email = client.email.strip()
    client.email_key = blind.email_index(Client, client.email)
    client.tokens = blind.tokens(Client, client.name, client.email, phone=client.phone)
    return client


def register(*, email: str, name: str, now: datetime, **optional: Any) -> Client:
    """Make a client and link the login with that e-mail. Raises Invalid, EmailExists."""
    client = derive(Client(id=new_id(), email=email, name=name, created_at=now, updated_at=now, **optional))
    check_fields(client)
    client.user = identity_actions.login_for(client.email)
    with refused_as(UNIQUE_EMAIL):
        client.save(force_insert=True)
    return client


def update(client: Client, *, now: datetime, **changes: Any) -> Client:
    """Change what is named in `changes`, of the row as it is now. The login keeps its own e-mail.

    Raises Invalid, EmailExists, ClientNotFound. Locks the client.
    """
    lock_row(client, queries.present(), missing=ClientNotFound)
    for field, value in changes.items():
        setattr(client, field, value)
    derive(client).updated_at = now
    check_fields(client)
    with refused_as(UNIQUE_EMAIL):
        client.save(update_fields=[*changes, *DERIVED, "updated_at"])
    return client


def delete(client: Client, *, has_history: bool, now: datetime) -> None:
    """Remove a client without bookings; one with bookings becomes inactive and its e-mail is free again.

    What else refers to one who is removed must be gone before. Raises ClientNotFound. Locks the client: of two at once
    the second finds nobody.
    """
    lock_row(client, queries.present(), missing=ClientNotFound)
    if has_history:
        Client.objects.filter(id=client.id).update(deleted_at=now, updated_at=now)
        return
    client.delete()


def lock_whole(client_id: UUID) -> Client:
    """The client, also one who is deleted or erased, with nobody taking a time for them until the scope ends.

    Queues up with the holds of this client, as of a calendar, then locks the row. Raises ClientNotFound.
    """
    lock_subjects([client_id])
    client = Client(id=client_id)
    lock_row(client, Client.objects.all(), missing=ClientNotFound)
    return client


def check_erasable(client: Client) -> None:
    """Raises LegalHold."""
    if queries.is_held(client):
        raise LegalHold


def erase(client: Client, *, now: datetime) -> None:
    """Empty what is known of the person and destroy their key; the row stays, for what refers to it.

    Expects the lock of `lock_whole`. The database refuses half of it (`clients_client_erased_whole`).
    """
    Client.objects.filter(id=client.id).update(
        user=None,
        data_key=b"",
        email_key=None,
        tokens=[],
        email="",
        name="",
        phone="",
        notes="",
        preferences={},
        metadata={},
        external_id=None,
        deleted_at=Coalesce(F("deleted_at"), now),
        erased_at=now,
        updated_at=now,
    )
