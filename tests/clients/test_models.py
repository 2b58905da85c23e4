"""What the database refuses of a client, whoever writes: each constraint is met by a write past every action."""

from typing import Any

import pytest

from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from clients.models import Client
from tests.factories import ClientFactory
from tests.writes import refuses


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"name": ""}, "clients_client_named"),
        ({"email": ""}, "clients_client_named"),
        ({"external_id": ""}, "clients_client_external_id_filled"),
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
