"""What an attacker types, into every field and every query of the schema: it is text, or it is refused (D11, D14, D15).

Templates that a tenant could write do not exist, so there is nothing to put instructions into (D13).
"""

import re
import time
from typing import Any

import pytest

from authspine.api.schema import whole_schema
from tests.api.routes import PREFIX
from tests.api.test_isolation import World, new_world, stored
from tests.fixtures import Maker
from tests.rest import Api, refused

SQL = [
    "' OR '1'='1",
    "'; DROP TABLE clients_client; --",
    "1); SELECT pg_sleep(5); --",
    "$$; SELECT pg_sleep(5); $$",
    "\\'; --",
    "%' UNION SELECT password FROM identity_user --",
    "%(x)s %s {0} {x.__class__} {{7*7}} ${7*7}",
]
SCHEMA = whole_schema()
OPERATIONS = {
    f"{method.upper()} {path}": told
    for path, methods in SCHEMA["paths"].items()
    for method, told in methods.items()
    if path.startswith(f"/{PREFIX}") and not path.endswith(("/schema", "/docs"))
}
ASKED = {name: [one for one in told.get("parameters", []) if one["in"] == "query"] for name, told in OPERATIONS.items()}
QUERIES = sorted(name for name, asked in ASKED.items() if asked)
BODIES = sorted(name for name, told in OPERATIONS.items() if "requestBody" in told and "webhook" not in name)
LISTS = [name for name in QUERIES if "cursor" in {one["name"] for one in ASKED[name]}]
# Look-ups that Django would take from a query that was handed on to it.
LOOKUPS = ["{}__startswith", "{}__gt", "{}__regex", "{}__in", "{}__isnull", "{}__organization__name", "{}__id__exact"]


@pytest.fixture(scope="module")
def world() -> World:
    return new_world("hostile")


def at(operation: str, world: World) -> tuple[str, str]:
    """The method and the path, with ids of the world's rows as far as the kind is clear."""
    method, _, path = operation.partition(" ")
    path = path.removeprefix(f"/{PREFIX}").replace("{slug}", world.ids["vertical"])
    kind = next((kind for kind in world.ids if path.startswith((f"/{kind}s/", f"/payments/{kind}s/"))), "client")
    return method, re.sub(r"\{\w+\}", world.ids[kind], path)


def query_names(operation: str) -> list[str]:
    return [one["name"] for one in ASKED[operation]]


def fields(operation: str) -> dict[str, Any]:
    shape = OPERATIONS[operation]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in shape:
        shape = SCHEMA["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    found: dict[str, Any] = shape.get("properties", {})
    return found


@pytest.mark.parametrize("operation", QUERIES)
def test_d11_what_is_typed_into_a_query_is_text_or_refused(world: World, operation: str) -> None:
    """Each parameter of each route with each text: 200 or 400, at once, and never a fault of the database's."""
    _, path = at(operation, world)
    for name in query_names(operation):
        for typed in SQL:
            began = time.monotonic()
            response = world.api.get(path, **{name: typed})
            assert response.status_code in (200, 400, 404), (name, typed)
            assert time.monotonic() - began < 5, "it slept"
            assert b"syntax" not in b"".join(response)


@pytest.mark.parametrize("operation", QUERIES)
def test_d11_there_are_no_lookups_beyond_the_list(world: World, operation: str) -> None:
    _, path = at(operation, world)
    for name in query_names(operation):
        for lookup in (pattern.format(name) for pattern in LOOKUPS):
            refused(world.api.get(path, **{lookup: "a"}), 400, "validation_error", lookup)


@pytest.mark.parametrize("name", ["ordering", "order_by", "sort", "o", "fields", "select", "values"])
@pytest.mark.parametrize("typed", ["password", "-n;drop table x", "client__user__password", "?", "organization"])
def test_d11_a_list_has_one_order(world: World, name: str, typed: str) -> None:
    for operation in LISTS:
        _, path = at(operation, world)
        refused(world.api.get(path, **{name: typed}), 400, "validation_error", name)


@pytest.mark.parametrize("operation", BODIES)
def test_d11_what_is_typed_into_a_body_is_text_or_refused(world: World, operation: str) -> None:
    """All fields at once with each text, and each name of a field with a text of its own as the key beside it."""
    before = stored(world)
    method, path = at(operation, world)
    names = fields(operation)
    for typed in SQL:
        response = world.api.send(method, path, dict.fromkeys(names, typed) | {typed: typed})
        assert response.status_code in (400, 404, 409, 412, 428), response.content
        found = response.json()
        assert "syntax" not in str(found)
    assert stored(world) == before


@pytest.mark.parametrize("typed", SQL)
def test_d11_what_is_stored_is_what_was_typed(api_client: Api, typed: str) -> None:
    """Also as a name within free JSON, which becomes an alias in no query."""
    sent = {"email": "ana@example.com", "name": typed, "metadata": {typed: typed, "a": [typed]}}
    stored = api_client.post("/clients", sent).json()
    assert (stored["name"], stored["metadata"]) == (sent["name"], sent["metadata"])
    assert api_client.get("/clients", search="nobody").json()["results"] == []


LINES = [
    "Ana\r\nBcc: all@example.com",
    "Ana\nSet-Cookie: a=b",
    "Ana\r",
    "Ana\x0b",
    "Ana\u2028b",
    "Ana\x85b",
    "\x1b[31mAna",
]


@pytest.mark.parametrize("typed", LINES)
@pytest.mark.parametrize("field", ["name", "email", "phone", "external_id"])
def test_d14_a_line_has_no_breaks(api_client: Api, field: str, typed: str) -> None:
    """Neither a name nor an address can split a header of a mail or of an answer, or forge a line of the log."""
    sent = {"email": "ana@example.com", "name": "Ana"} | {field: typed}
    refused(api_client.post("/clients", sent), 400, "validation_error", field)
    assert api_client.get("/clients").json()["results"] == []


def test_d14_a_person_s_name_is_in_no_header(admin: Api, make: Maker) -> None:
    client = make.client(name='Ana"; filename="evil.exe')
    response = admin.get(f"/clients/{client.id}/export")
    assert response.status_code == 200
    assert "evil" not in str(response.headers)


BOMBS = ["%a" * 100, "(a+)+" * 40, "_" * 200, "*" * 200, "a" * 200, "\\" * 200, "[" * 200, "😀" * 200, "é́́́" * 50]


@pytest.mark.parametrize("typed", BOMBS)
def test_d15_a_search_costs_the_same_whatever_is_typed(world: World, typed: str) -> None:
    for path in ("/clients", "/professionals"):
        name = "search"
        began = time.monotonic()
        response = world.api.get(path, **{name: typed})
        assert response.status_code in (200, 400)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "query",
    [{"limit": "1000000000"}, {"limit": "201"}, {"offset": "1000000000000"}, {"page_size": "1"}, {"page": "9" * 9}],
)
def test_d15_no_list_gives_more_than_a_page(world: World, query: dict[str, str]) -> None:
    for operation in LISTS:
        refused(world.api.get(at(operation, world)[1], **query), 400, "validation_error", *query)


@pytest.mark.parametrize("operation", QUERIES)
def test_d18_a_parameter_is_given_once(world: World, operation: str) -> None:
    """One rule for all: twice is refused, unless the parameter is a list, whose items are counted."""
    _, path = at(operation, world)
    for one in ASKED[operation]:
        if one["schema"].get("type") != "array":
            refused(world.api.get(f"{path}?{one['name']}=1&{one['name']}=1"), 400, "validation_error", one["name"])
