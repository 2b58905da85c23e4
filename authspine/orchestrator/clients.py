"""Journeys of a client's record."""

from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from bookings import queries as booking_queries
from clients import actions as client_actions
from clients import queries as client_queries
from clients.models import Client
from payments.actions import methods as method_actions


def register(*, email: str, name: str, **optional: Any) -> Client:
    """Register a client: 1. the record and its login; 2. `client.created`.

    Optional: phone, preferences, metadata, notes, external_id. Raises Invalid, EmailExists.
    """
    now = clock.now()
    client = client_actions.register(email=email, name=name, now=now, **optional)
    event_actions.record("client.created", user=client.id, data={"clientId": str(client.id)}, now=now)
    return client


def update(client_id: UUID, **changes: Any) -> Client:
    """Change a client's record: 1. find; 2. change what is named, if anything is; 3. `client.updated`, with the names
    of the fields.
    """
    now = clock.now()
    client = client_queries.get(client_id)
    if not changes:
        return client
    client_actions.update(client, now=now, **changes)
    told = {"clientId": str(client.id), "fields": sorted(changes)}
    event_actions.record("client.updated", user=client.id, data=told, now=now)
    return client


def delete(client_id: UUID) -> None:
    """Delete a client: 1. find; 2. remove with what is on file to pay with, or make inactive when there are bookings;
    3. `client.deleted`.
    """
    now = clock.now()
    client = client_queries.get(client_id)
    has_history = booking_queries.client_has_any(client_id)
    if not has_history:
        method_actions.remove_all(client)
    client_actions.delete(client, has_history=has_history, now=now)
    event_actions.record("client.deleted", user=client_id, data={"clientId": str(client_id)}, now=now)
