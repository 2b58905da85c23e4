"""Journeys of a client's record."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.orchestrator import erasure
from bookings import queries as booking_queries
from clients import actions as client_actions
from clients import queries as client_queries
from clients.errors import NotHeld
from clients.models import Client, Consent


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
    """Delete a client: 1. find and lock; 2. make inactive when there are bookings, otherwise erase with the row;
    3. `client.deleted`. Raises LegalHold, ClientNotFound; where the row goes PaymentInFlight, ErasureListAway.
    """
    now = clock.now()
    client = client_actions.lock_present(client_queries.get(client_id))
    if booking_queries.client_has_any(client_id):
        client_actions.delete(client, has_history=True, now=now)
    else:
        erasure.remove_client(client)
    event_actions.record("client.deleted", user=client_id, data={"clientId": str(client_id)}, now=now)


def consent(client_id: UUID, **told: Any) -> Consent:
    """Keep what a client agrees to: 1. find; 2. the consent, in the place of one by another text; 3.
    `client.consented`.

    Takes purpose, text_version, method, given_at and external_id. Raises Invalid, ConsentLive.
    """
    now = clock.now()
    given = client_actions.consent(client_queries.get(client_id), now=now, **told)
    _record_consent("client.consented", given, now)
    return given


def withdraw_consent(client_id: UUID, consent_id: UUID, **told: Any) -> Consent:
    """End a client's consent: 1. find; 2. withdraw it; 3. `client.consent_withdrawn`.

    Takes how and withdrawn_at. Raises ConsentNotFound, Invalid, ConsentWithdrawn.
    """
    now = clock.now()
    given = client_queries.consent(client_queries.get(client_id), consent_id)
    client_actions.withdraw_consent(given, now=now, **told)
    _record_consent("client.consent_withdrawn", given, now)
    return given


def _record_consent(type: str, given: Consent, now: datetime) -> None:
    told = {"purpose": given.purpose, "version": given.text_version}
    event_actions.record(type, user=given.client_id, data=told, now=now)


def held(client_id: UUID) -> Client:
    """The client, who is or was under a legal hold that nobody has lifted. Raises NotHeld."""
    client = client_queries.get(client_id)
    if client.legal_hold_at is None:
        raise NotHeld
    return client


def hold(client_id: UUID, *, reference: str, until: date | None = None) -> Client:
    """Put a client under a legal hold: 1. find; 2. the hold; 3. `client.legal_hold_set`, if it says anything new.

    `until` is its last date; without one it holds until it is lifted. Raises Invalid.
    """
    now = clock.now()
    client = client_queries.get(client_id)
    if client_actions.hold(client, reference=reference, until=until, now=now):
        event_actions.record("client.legal_hold_set", user=client.id, data={"clientId": str(client.id)}, now=now)
    return client


def lift_hold(client_id: UUID) -> None:
    """Lift a legal hold: 1. find; 2. lift it; 3. `client.legal_hold_lifted`. Raises NotHeld."""
    now = clock.now()
    client = client_queries.get(client_id)
    client_actions.lift_hold(client, now=now)
    event_actions.record("client.legal_hold_lifted", user=client.id, data={"clientId": str(client.id)}, now=now)
