"""What holds for every route of the API, whatever it does: who may, which methods, which bodies, which queries."""

import re
from typing import Any

import pytest

from authspine.api.views import ScopedViewSet
from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from tests.api.routes import below, methods, operations, patterns
from tests.fixtures import new_organization
from tests.rest import Api, caller, content, refused

# Open to everybody, by design: the description of the API, and what Stripe signs.
OPEN = {"GET schema", "GET docs", "POST webhooks/stripe"}
CLOSED = sorted(set(operations()) - OPEN)
WRITES = [operation for operation in CLOSED if not operation.startswith("GET")]
BODIES = [operation for operation in WRITES if not operation.startswith("DELETE")]
VIEWS = {
    f"{method} {below(route)}": view
    for route, view in patterns()
    if route.startswith("api/")
    for method in methods(view)
}


@pytest.fixture(scope="module")
def organization() -> Organization:
    return new_organization()


@pytest.fixture(scope="module")
def admin(organization: Organization) -> Api:
    return caller(organization, "admin")


def filled(operation: str) -> tuple[str, str]:
    """The method, and the path with ids that do not exist."""
    method, _, route = operation.partition(" ")
    path = re.sub("<slug>", "no-such", route)
    return method, "/" + re.sub(r"<\w+>", lambda _: str(new_id()), path) if path else ""


@pytest.mark.parametrize("operation", CLOSED)
def test_nobody_is_asked_who_they_are(operation: str) -> None:
    method, path = filled(operation)
    response = Api().send(method, path, {})
    refused(response, 401, "not_authenticated")
    assert "WWW-Authenticate" in response.headers


@pytest.mark.parametrize("operation", WRITES)
def test_a_reading_key_writes_nowhere(reader: Api, operation: str) -> None:
    method, path = filled(operation)
    refused(reader.send(method, path, {}), 403, "permission_denied")


@pytest.mark.parametrize("operation", BODIES)
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain"])
def test_only_json_is_read(admin: Api, operation: str, content_type: str) -> None:
    """(E10) JSON as text/plain, which a foreign page could send without being asked, is none."""
    method, path = filled(operation)
    refused(admin.send(method, path, b"a=1", content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize("operation", BODIES)
def test_an_unknown_field_is_named(admin: Api, operation: str) -> None:
    method, path = filled(operation)
    response = admin.send(method, path, {"no_such_field": 1})
    found = response.json()
    assert (response.status_code, found["code"]) == (400, "validation_error"), found
    faults = {fault["field"]: fault["code"] for fault in found["errors"]}
    assert faults["no_such_field"] == "unknown_field"


@pytest.mark.parametrize("operation", BODIES)
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":"\\u0000"}', b'{"a":1,"a":1}', b'{"a":"\\ud800"}', b"\xff", b"[]"]
)
def test_a_body_that_is_no_object(admin: Api, operation: str, body: bytes) -> None:
    method, path = filled(operation)
    response = admin.send(method, path, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize("operation", CLOSED)
def test_an_unknown_query_parameter_is_named(admin: Api, operation: str) -> None:
    """(D11)"""
    method, path = filled(operation)
    response = admin.send(method, f"{path}?no_such=1", {})
    found = response.json()
    assert (response.status_code, found["code"]) == (400, "validation_error"), found
    assert "no_such" in [fault["field"] for fault in found["errors"]]


@pytest.mark.parametrize("operation", CLOSED)
def test_other_methods_are_a_405(admin: Api, operation: str) -> None:
    """(D17)"""
    _, path = filled(operation)
    known = VIEWS[operation]
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - set(methods(known)):
        response = admin.send(method, path, {})
        refused(response, 405, "method_not_allowed")
        assert method not in response.headers["Allow"]


@pytest.mark.parametrize("operation", CLOSED)
def test_options_tells_the_methods_and_does_nothing(admin: Api, operation: str) -> None:
    """(D17)"""
    _, path = filled(operation)
    response = admin.send("OPTIONS", path, b"")
    assert response.status_code == 204
    assert set(methods(VIEWS[operation])) <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize("operation", [operation for operation in CLOSED if operation.startswith("GET")])
def test_reading_changes_nothing_and_head_agrees_with_get(admin: Api, operation: str) -> None:
    """(D17) That nothing is changed: test_no_change_by_get."""
    _, path = filled(operation)
    got, headed = admin.get(path), admin.send("HEAD", path, b"")
    assert headed.status_code == got.status_code
    assert content(headed) == b""


@pytest.mark.parametrize("operation", CLOSED)
def test_one_slash_more_is_the_same_address(admin: Api, operation: str) -> None:
    """(D17)"""
    method, path = filled(operation)
    plain, slash = (admin.send(method, f"{path}{end}?no_such=1", {}) for end in ("", "/"))
    assert (slash.status_code, content(slash)) == (plain.status_code, content(plain))


def test_every_view_is_a_scoped_one() -> None:
    """So that nothing below /api/ reads a tenant's row without a caller and a scope; what is open is listed."""
    views: dict[str, Any] = {operation: VIEWS[operation].cls for operation in CLOSED}
    assert [operation for operation, view in views.items() if not issubclass(view, ScopedViewSet)] == []
