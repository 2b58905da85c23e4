"""F11: what is put right is right everywhere, and who did it is on record without what stood there before."""

from typing import Any

import pytest
from django.db import connections

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients.models import Client
from tests import canaries
from tests.rest import Api

WRONG = {"name": canaries.NAME, "email": canaries.EMAIL, "phone": canaries.PHONE}
RIGHT = {"name": "Ana García", "email": "ana.right@example.com", "phone": "0170 111222"}


@pytest.fixture
def client(api_client: Api) -> str:
    made = api_client.post("/clients", WRONG, key="the-first-answer").json()
    assert api_client.patch(f"/clients/{made['id']}", RIGHT).status_code == 200
    return str(made["id"])


def found(api: Api, **query: str) -> list[str]:
    return [row["id"] for row in api.get("/clients", **query).json()["results"]]


def test_f11_it_is_found_by_what_is_right_alone(api_client: Api, client: str) -> None:
    for typed in ("quetzal", "canaria", "5550987", canaries.EMAIL):
        assert found(api_client, search=typed) == []
    assert found(api_client, email=canaries.EMAIL) == []
    assert found(api_client, search="ana gar") == found(api_client, email="ANA.right@example.com") == [client]
    assert found(api_client, search="1222") == [client]


def test_f11_the_row_has_nothing_of_before(organization: Organization, client: str) -> None:
    with organization_scope(organization, SYSTEM):
        row = Client.objects.get(id=client)
        assert (row.name, row.email, row.phone) == tuple(RIGHT.values())


def test_f11_who_did_it_is_on_record_and_what_stood_there_is_not(organization: Organization, client: str) -> None:
    with organization_scope(organization, SYSTEM):
        event: Any = AnalyticsEvent.objects.get(type="client.updated", user=client)
    assert event.actor.startswith("key:")
    assert canaries.NAME not in str(event.data)
    assert RIGHT["name"] not in str(event.data)
    with canaries.owner(str(connections["default"].settings_dict["NAME"])) as connection:
        assert canaries.found(connection, canaries.ALL) == set()
