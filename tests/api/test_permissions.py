"""What a key may: `read` reads, `write` runs the business, `admin` configures it. Whatever is not allowed is denied."""

from types import SimpleNamespace
from typing import Any

import pytest

from authspine.api.caller import Caller
from authspine.api.permissions import HasScope
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from tests.fixtures import Maker
from tests.rest import Api, refused

ORGANIZATION = Organization(name="Test", slug="test")


def allowed(scope: str, method: str, **declared: Any) -> bool:
    request: Any = SimpleNamespace(auth=Caller(ORGANIZATION, SYSTEM, scope), method=method)
    return HasScope().has_permission(request, SimpleNamespace(action=None, **declared))


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("read", ["GET", "HEAD", "OPTIONS"]),
        ("write", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]),
        ("admin", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]),
        ("", []),
        ("superadmin", []),
    ],
)
def test_methods_of_a_scope(scope: str, may: list[str]) -> None:
    methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    assert [method for method in methods if allowed(scope, method)] == may


def test_a_view_may_ask_for_more() -> None:
    assert not allowed("write", "POST", scopes={"post": "admin"})
    assert allowed("admin", "POST", scopes={"post": "admin"})
    assert not allowed("write", "GET", scopes={"get": "admin"})


def test_nobody_may_nothing() -> None:
    request: Any = SimpleNamespace(auth=None, method="GET")
    assert not HasScope().has_permission(request, SimpleNamespace(action=None))


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
