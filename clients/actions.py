"""Changes to clients, their consents and holds on them. All run inside an organization scope."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from authspine.identity import actions as identity_actions
from authspine.kernel import tenancy, times
from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row, lock_subjects
from authspine.kernel.validation import check_fields
from authspine.privacy import blind
from authspine.privacy.constraints import erased
from clients import queries, rules
from clients.errors import ClientNotFound, ConsentLive, ConsentWithdrawn, EmailExists, LegalHold, NotHeld
from clients.models import Client, Consent

# What `derive` fills.
DERIVED = ("email_key", "tokens")
LAST_DAY = date(times.LAST_YEAR, 12, 31)
HOLD = ("legal_hold_reference", "legal_hold_until", "legal_hold_at")

UNIQUE_EMAIL = {"clients_client_email_key": EmailExists}
ONE_LIVE = {"clients_consent_one_live": ConsentLive}


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


def delete(client: Client, *, has_history: bool, now: datetime) -> int:
    """Remove a client without bookings; one with bookings becomes inactive and its e-mail is free again.

    Consents go along with who is removed; gives their number. What else refers to the client must be gone before.
    Raises ClientNotFound, LegalHold. Locks the client: of two at once the second finds nobody.
    """
    lock_row(client, queries.present(), missing=ClientNotFound)
    refuse_held(client, now=now)
    if has_history:
        Client.objects.filter(id=client.id).update(deleted_at=now, updated_at=now)
        return 0
    consents, _ = Consent.objects.filter(client=client).delete()
    client.delete()
    return consents


def lock_present(client: Client) -> Client:
    """The client as they are now, locked as by `lock_whole`; deleted, they are not found. Raises ClientNotFound."""
    lock_subjects([client.id])
    lock_row(client, queries.present(), missing=ClientNotFound)
    return client


def lock_whole(client_id: UUID) -> Client:
    """The client, also one who is deleted or erased, with nobody taking a time for them until the scope ends.

    Queues up with the holds of this client, as of a calendar, then locks the row. Raises ClientNotFound.
    """
    lock_subjects([client_id])
    client = Client(id=client_id)
    lock_row(client, Client.objects.all(), missing=ClientNotFound)
    return client


def erase(client: Client, *, now: datetime) -> int:
    """Empty what is known of the person and destroy their key; the row stays, for what refers to it.

    Consents go, too: they prove nothing of nobody. Gives their number. Expects the lock of `lock_whole`. The database
    refuses half of it (`clients_client_erased_whole`).
    """
    consents, _ = Consent.objects.filter(client=client.id).delete()
    Client.objects.filter(id=client.id).update(
        email="",
        name="",
        phone="",
        notes="",
        preferences={},
        metadata={},
        legal_hold_reference="",
        legal_hold_until=None,
        legal_hold_at=None,
        **erased(now),
    )
    return consents


def consent(
    client: Client,
    *,
    purpose: str,
    text_version: str,
    method: str,
    now: datetime,
    given_at: datetime | None = None,
    external_id: str | None = None,
) -> Consent:
    """Keep what a client agrees to, from `given_at` (now, if absent) on. It takes the place of one by another text.

    Raises Invalid, ConsentLive, ClientNotFound. Locks the client: of two at once the second finds the first.
    """
    lock_row(client, queries.present(), missing=ClientNotFound)
    said = list(queries.consents(client).filter(purpose=purpose))
    if any(row.withdrawn_at is None and row.text_version == text_version for row in said):
        raise ConsentLive
    # Whoever waited for the lock has looked at the clock before.
    latest = max((row.withdrawn_at or row.given_at for row in said), default=times.EPOCH)
    told: Any = {"purpose": purpose, "text_version": text_version, "method": method, "external_id": external_id}
    given = Consent(client=client, given_at=given_at or max(now, latest), created_at=now, updated_at=now, **told)
    check_fields(given)
    _check_past(given_at, now=now, field="given_at")
    # What is found on paper later must not undo a withdrawal.
    if given.given_at < latest:
        raise Invalid("The client has said something else about this purpose since.", field="given_at")
    live = queries.consents(client).filter(purpose=purpose, withdrawn_at=None)
    live.update(withdrawn_at=given.given_at, withdrawn_how=Consent.REPLACED, updated_at=now)
    with refused_as(ONE_LIVE):
        given.save(force_insert=True)
    return given


def withdraw_consent(given: Consent, *, how: str, now: datetime, withdrawn_at: datetime | None = None) -> Consent:
    """End a consent, at `withdrawn_at` (now, if absent). Raises Invalid, ConsentWithdrawn, ClientNotFound.

    Locks the client, as giving does.
    """
    lock_row(given.client, queries.present(), missing=ClientNotFound)
    given.refresh_from_db()
    if given.withdrawn_at is not None:
        raise ConsentWithdrawn
    if how not in Consent.Method.values:
        raise Invalid("Choose how it was withdrawn.", field="how")
    given.withdrawn_at, given.withdrawn_how, given.updated_at = withdrawn_at or max(now, given.given_at), how, now
    check_fields(given)
    _check_past(withdrawn_at, now=now, field="withdrawn_at")
    if given.withdrawn_at < given.given_at:
        raise Invalid("It was given after that.", field="withdrawn_at")
    given.save(update_fields=["withdrawn_at", "withdrawn_how", "updated_at"])
    return given


def _check_past(at: datetime | None, *, now: datetime, field: str) -> None:
    if at is not None and at > now:
        raise Invalid("Must not lie in the future.", field=field)


def hold(client: Client, *, reference: str, until: date | None, now: datetime) -> bool:
    """Put a client's record under a legal hold, or say anew what one goes by; whether anything has changed.

    Raises Invalid, ClientNotFound. Locks the client.
    """
    lock_row(client, queries.present(), missing=ClientNotFound)
    if until is not None and not _today(now) <= until <= LAST_DAY:
        raise Invalid(f"Must lie between today and {LAST_DAY}.", field="until")
    if (client.legal_hold_reference, client.legal_hold_until) == (reference, until):
        return False
    # The same file goes on: it is still held since then.
    if client.legal_hold_reference != reference:
        client.legal_hold_at = now
    client.legal_hold_reference, client.legal_hold_until, client.updated_at = reference, until, now
    check_fields(client, *HOLD)
    client.save(update_fields=[*HOLD, "updated_at"])
    return True


def lift_hold(client: Client, *, now: datetime) -> None:
    """Let go of a client's record, also where the hold is over. Raises NotHeld, ClientNotFound. Locks the client."""
    lock_row(client, queries.present(), missing=ClientNotFound)
    if client.legal_hold_at is None:
        raise NotHeld
    client.legal_hold_reference, client.legal_hold_until, client.legal_hold_at = "", None, None
    client.updated_at = now
    client.save(update_fields=[*HOLD, "updated_at"])


def refuse_held(client: Client, *, now: datetime) -> None:
    """Raise LegalHold while the client's record must stay. Expects its lock: a hold may be put on it meanwhile."""
    if rules.is_held(client, _today(now)):
        raise LegalHold


def _today(now: datetime) -> date:
    return times.local_date(now, times.zone(tenancy.current().organization.timezone))
