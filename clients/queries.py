"""Reads of clients: one, many, and those who match what somebody typed."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from authspine.kernel.prepared import Prepared
from authspine.privacy import blind
from clients.errors import ClientNotFound, ConsentNotFound
from clients.models import FOUND, Client, Consent


def present() -> QuerySet[Client]:
    """Clients that are not deleted, newest first."""
    return Client.objects.filter(deleted_at=None).order_by("-created_at", "-id")


def get(client_id: UUID, *, field: str = "") -> Client:
    """The client with this id. Raises ClientNotFound, which names `field` when the id stood in a body."""
    found = _GET(id=client_id)
    if not found:
        raise ClientNotFound(field=field)
    return found[0]


def known(client_id: UUID) -> Client:
    """The client with this id, deleted or not, as long as anything is known of them. Raises ClientNotFound."""
    found = Client.objects.select_related("user").filter(id=client_id, erased_at=None).first()
    if found is None:
        raise ClientNotFound
    return found


_GET: Final = Prepared(lambda id: present().filter(id=id).order_by(), id=UUID)


def search(clients: QuerySet[Client], typed: str) -> QuerySet[Client]:
    """Those for whom every word typed begins a word of the name or the e-mail, or ends the phone number."""
    return clients.filter(blind.matching(Client, FOUND, typed))


def with_email(clients: QuerySet[Client], email: str) -> QuerySet[Client]:
    return clients.filter(email_key=blind.email_index(Client, email))


def consents(client: Client) -> QuerySet[Consent]:
    """What the client has agreed to, also what has ended; newest first."""
    return Consent.objects.filter(client=client).order_by("-created_at", "-id")


def consent(client: Client, consent_id: UUID) -> Consent:
    """One of them. Raises ConsentNotFound."""
    found = consents(client).filter(id=consent_id).first()
    if found is None:
        raise ConsentNotFound
    return found
