"""The permission as the edge asks it: the table decides, by the view's resource and the verb of its action."""

from types import SimpleNamespace
from typing import Any

import pytest

from authspine.api.caller import Caller
from authspine.api.permissions import InTable
from authspine.identity import access
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from tests.fixtures import Maker
from tests.rest import Api, refused

ORGANIZATION = Organization(name="Test", slug="test")


def allowed(who: str, action: str | None, method: str = "GET", **declared: Any) -> bool:
    request: Any = SimpleNamespace(auth=Caller(ORGANIZATION, SYSTEM, who), method=method)
    return InTable().has_permission(request, SimpleNamespace(action=action, **declared))


def test_the_action_says_the_verb() -> None:
    assert allowed("readonly", "list", resource="bookings")
    assert allowed("readonly", "retrieve", resource="bookings")
    assert not allowed("readonly", "confirm", "POST", resource="bookings")
    assert allowed("staff", "confirm", "POST", resource="bookings")
    assert allowed("staff", "partial_update", "PATCH", resource="clients")
    assert not allowed("readonly", "partial_update", "PATCH", resource="clients")


def test_options_is_for_whoever_may_do_anything_there() -> None:
    assert allowed("client", None, "OPTIONS", resource="bookings")
    assert not allowed("client", None, "OPTIONS", resource="clients")


@pytest.mark.parametrize("declared", [{}, {"resource": ""}, {"resource": "no-such"}, {"resource": None}])
def test_e19_a_view_without_a_line_in_the_table_is_for_nobody(declared: dict[str, Any]) -> None:
    for who in access.EVERYBODY:
        assert not allowed(who, "list", **declared)
        assert not allowed(who, "list", "OPTIONS", **declared)


@pytest.mark.parametrize("action", [None, "", "no_such", "metadata"])
def test_e19_an_action_without_a_verb_is_for_nobody(action: str | None) -> None:
    assert not any(allowed(who, action, resource="bookings") for who in access.EVERYBODY)


def test_e19_nobody_may_nothing() -> None:
    request: Any = SimpleNamespace(auth=None, method="GET")
    assert not InTable().has_permission(request, SimpleNamespace(action="list", resource="bookings"))


def test_a_reading_key_reads_and_writes_nothing(reader: Api, make: Maker) -> None:
    client = make.client()
    assert reader.get(f"/clients/{client.id}").status_code == 200
    refused(reader.post("/clients", {"email": "new@example.com", "name": "New"}), 403, "permission_denied")
    refused(reader.patch(f"/clients/{client.id}", {"name": "New"}), 403, "permission_denied")
    refused(reader.delete(f"/clients/{client.id}"), 403, "permission_denied")
    assert reader.get(f"/clients/{client.id}").json()["name"] == client.name


def test_verticals_are_the_admins(api_client: Api, admin: Api) -> None:
    vertical = {"display_name": "Beauty"}
    refused(api_client.put("/verticals/beauty", vertical), 403, "permission_denied")
    refused(api_client.post("/verticals", vertical | {"slug": "new"}), 403, "permission_denied")
    assert admin.put("/verticals/beauty", vertical).status_code == 200
