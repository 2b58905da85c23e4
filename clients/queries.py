"""Reads of clients: one, many, and those who match what somebody typed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Max, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

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


def whole(client_id: UUID) -> Client:
    """The client with this id, also one who is deleted or erased. Raises ClientNotFound."""
    client = Client.objects.filter(id=client_id).first()
    if client is None:
        raise ClientNotFound
    return client


def not_erased(ids: Collection[UUID]) -> set[UUID]:
    """Who of these is here, deleted or not, and has not been erased."""
    return set(Client.objects.filter(id__in=ids, erased_at=None).values_list("id", flat=True))


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


def past_retention(*, now: datetime, longest_days: int) -> list[UUID]:
    """Clients, also deleted ones, whose time is over: by the longest rule of the verticals that they were booked in, or
    by `longest_days` where they never were. Those with the longest silence first.

    Read off their bookings by the names of the relations: this app stands below that of bookings.
    """
    silent_since = Greatest("created_at", Coalesce(Max("bookings__session__ends_at"), "created_at"))
    days = Coalesce(Max("bookings__vertical__data_retention_days"), longest_days, output_field=IntegerField())
    kept = ExpressionWrapper(days * Value(timedelta(days=1)), DurationField())
    rows = Client.objects.filter(erased_at=None).order_by().annotate(silent_since=silent_since)
    over = rows.annotate(kept_until=ExpressionWrapper(F("silent_since") + kept, DateTimeField()))
    return list(over.filter(kept_until__lt=now).order_by("silent_since", "id").values_list("id", flat=True))
