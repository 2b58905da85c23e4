"""What the database refuses of clients and consents, whoever writes: each constraint is met past every action."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from clients.models import Client, Consent
from tests.factories import ClientFactory, ConsentFactory
from tests.fixtures import Maker, new_organization
from tests.writes import refuses

EARLIER, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"name": ""}, "clients_client_named"),
        ({"email": ""}, "clients_client_named"),
        ({"external_id": ""}, "clients_client_external_id_filled"),
        ({"legal_hold_reference": "1"}, "clients_client_legal_hold"),
        ({"legal_hold_until": date(2027, 1, 1)}, "clients_client_legal_hold"),
        ({"legal_hold_at": EARLIER}, "clients_client_legal_hold"),
    ],
)
def test_a_client_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    client = ClientFactory()
    with refuses(constraint):
        Client.objects.filter(id=client.id).update(**changes)


@pytest.mark.parametrize(
    ("field", "constraint"),
    [("email_key", "clients_client_email_key"), ("external_id", "clients_client_external_id_key")],
)
def test_two_clients_cannot_share(scope: Scope, field: str, constraint: str) -> None:
    first, second = ClientFactory(external_id="1"), ClientFactory(external_id="2")
    with refuses(constraint):
        Client.objects.filter(id=second.id).update(**{field: getattr(first, field)})


def test_the_email_of_a_deleted_client_is_free(scope: Scope) -> None:
    first, second = ClientFactory(), ClientFactory()
    Client.objects.filter(id=first.id).update(deleted_at=clock.now())
    assert Client.objects.filter(id=second.id).update(email_key=first.email_key) == 1


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"purpose": ""}, "clients_consent_named"),
        ({"purpose": "Marketing"}, "clients_consent_named"),
        ({"purpose": "photos\n"}, "clients_consent_named"),
        ({"text_version": ""}, "clients_consent_named"),
        ({"method": "telepathy"}, "clients_consent_method"),
        ({"method": "replaced"}, "clients_consent_method"),
        ({"withdrawn_how": "email"}, "clients_consent_withdrawn_whole"),
        ({"withdrawn_at": LATER}, "clients_consent_withdrawn_whole"),
        ({"withdrawn_at": LATER, "withdrawn_how": "mail"}, "clients_consent_method"),
        ({"withdrawn_at": EARLIER, "withdrawn_how": "email"}, "clients_consent_order"),
        ({"external_id": ""}, "clients_consent_external_id_filled"),
    ],
)
def test_a_consent_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    given = ConsentFactory()
    with refuses(constraint):
        Consent.objects.filter(id=given.id).update(**changes)


def test_of_one_purpose_one_consent_is_live(scope: Scope) -> None:
    given = ConsentFactory()
    again: dict[str, Any] = {"client": given.client, "purpose": given.purpose, "text_version": "2", "method": "paper"}
    with refuses("clients_consent_one_live"):
        Consent.objects.create(given_at=clock.now(), **again)
    Consent.objects.create(given_at=clock.now(), withdrawn_at=clock.now(), withdrawn_how="email", **again)
    Consent.objects.create(given_at=clock.now(), **again | {"client": ClientFactory()})


@pytest.fixture
def theirs() -> Client:
    """A client of another organization, made before the scope is opened."""
    made: Client = Maker(new_organization()).client()
    return made


def test_a_consent_is_of_a_client_of_its_own_organization(theirs: Client, scope: Scope) -> None:
    with refuses("clients_consent_client_fk"):
        Consent.objects.create(client_id=theirs.id, purpose="p", text_version="1", method="paper", given_at=clock.now())
