"""The description of the API: valid OpenAPI 3.1, whole, and honest about every way to refuse."""

import json
from typing import Any

import jsonschema
import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from authspine.api.schema import whole_schema
from tests.api.routes import operations
from tests.rest import ROOT, Api, refused

SCHEMA = whole_schema()
OPERATIONS = {
    f"{method.upper()} {path.removeprefix(ROOT).removeprefix('/')}": operation
    for path, found in SCHEMA["paths"].items()
    for method, operation in found.items()
}
# Described by themselves.
NOT_LISTED = {"GET schema", "GET docs"}


def closed(operation: dict[str, Any]) -> bool:
    return any(operation.get("security", []))


def test_it_is_openapi_3_1() -> None:
    assert SCHEMA["openapi"] == "3.1.0"
    validate_schema(SCHEMA)


def test_nothing_in_it_is_a_guess() -> None:
    """spectacular warns where it could not see what a view takes or gives."""
    assert not GENERATOR_STATS


def test_every_route_is_described() -> None:
    described = {operation.replace("{", "<").replace("}", ">") for operation in OPERATIONS}
    assert described == set(operations()) - NOT_LISTED


def test_every_operation_has_a_name_of_its_own_and_words() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    for name, operation in OPERATIONS.items():
        assert operation["description"].startswith(operation["summary"]), name
        assert operation["summary"], name
        assert operation["tags"], name


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_refusal_is_a_problem(name: str) -> None:
    operation = OPERATIONS[name]
    expected = {"400", "503"} | ({"401", "403"} if closed(operation) else set())
    if "requestBody" in operation:
        expected |= {"413", "415"}
    if "{" in name:
        expected |= {"404"}
    assert expected <= set(operation["responses"])
    for status, response in operation["responses"].items():
        if status >= "400":
            assert response["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "201" in OPERATIONS[name]["responses"]])
def test_what_is_made_has_an_address(name: str) -> None:
    assert "Location" in OPERATIONS[name]["responses"]["201"]["headers"]


def test_the_two_ways_to_sign_in() -> None:
    schemes = SCHEMA["components"]["securitySchemes"]
    assert (schemes["apiKey"]["type"], schemes["apiKey"]["scheme"]) == ("http", "bearer")
    assert (schemes["session"]["type"], schemes["session"]["in"]) == ("apiKey", "cookie")
    for name, operation in OPERATIONS.items():
        if closed(operation):
            assert operation["security"] == [{"apiKey": []}, {"session": []}], name


def references(found: Any) -> set[str]:
    """The names of the components that this part of the description leads to."""
    left, seen = list(_references(found)), _references(found)
    while left:
        for more in _references(SCHEMA["components"]["schemas"][left.pop()]):
            if more not in seen:
                seen.add(more)
                left.append(more)
    return seen


def _references(found: Any) -> set[str]:
    if isinstance(found, dict):
        own = {found["$ref"].rpartition("/")[2]} if "$ref" in found else set()
        return own.union(*(_references(inner) for inner in found.values()))
    return set().union(*(_references(inner) for inner in found)) if isinstance(found, list) else set()


def test_what_is_sent_and_what_is_shown_are_described_apart() -> None:
    """What is stored may be older than the rules for what is sent, so only plain values share a description."""
    sent: set[str] = set()
    shown: set[str] = set()
    for operation in OPERATIONS.values():
        sent |= references(operation.get("requestBody"))
        shown |= references(operation["responses"])
    objects = {name for name, found in SCHEMA["components"]["schemas"].items() if found.get("type") == "object"}
    assert (sent & shown & objects) == {"Money", "BookingLimits"}


def test_what_is_sent_is_closed() -> None:
    for operation in OPERATIONS.values():
        for name in references(operation.get("requestBody")):
            found = SCHEMA["components"]["schemas"][name]
            if found.get("type") == "object" and name not in OPEN_BODIES:
                assert found["additionalProperties"] is False, name


# What Stripe sends is Stripe's to say.
OPEN_BODIES = {"Received"}


def test_the_problem_that_is_described_is_the_one_that_is_sent(api_client: Api) -> None:
    response = api_client.get("/clients", nonsense=1)
    jsonschema.validate(response.json(), SCHEMA["components"]["schemas"]["Problem"])


def test_everybody_may_read_it_as_json_and_as_yaml() -> None:
    plain, asked = Api().get("/schema"), Api().get("/schema", format="json")
    assert plain.headers["Content-Type"] == asked.headers["Content-Type"] == "application/json"
    assert plain.json() == asked.json() == json.loads(json.dumps(SCHEMA))
    written = Api().get("/schema", format="yaml")
    assert yaml.safe_load(written.content) == plain.json()
    assert Api(accept="application/yaml").get("/schema").content == written.content
    assert Api(accept="text/html").get("/schema").json() == plain.json()


@pytest.mark.parametrize(
    ("query", "field"), [({"format": "xml"}, "format"), ({"lang": "de"}, "lang"), ({"version": "2"}, "version")]
)
def test_it_has_one_language_and_two_formats(query: dict[str, str], field: str) -> None:
    refused(Api().get("/schema", **query), 400, "validation_error", field)


def test_it_cannot_be_written() -> None:
    refused(Api().post("/schema", {}), 405, "method_not_allowed")


def test_the_page_to_try_it_at_needs_nothing_from_elsewhere() -> None:
    page, script = Api().get("/docs"), Api().get("/docs", script="")
    assert (page.status_code, script.status_code) == (200, 200)
    for text in (page.content.decode(), script.content.decode()):
        assert "https://" not in text
        assert "http://" not in text
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page.content.decode()
    assert '"/api/platform/schema"' in script.content.decode()


@pytest.mark.parametrize("path", ["/docs", "/schema"])
def test_what_describes_the_api_refuses_as_the_api_does(path: str) -> None:
    anybody = Api()
    refused(anybody.post(path, {}), 405, "method_not_allowed")
    refused(anybody.http.trace(ROOT + path), 405, "method_not_allowed")
    refused(anybody.get(path, no_such="1"), 400, "validation_error", "no_such")
    refused(anybody.get(path, format="xml"), 400, "validation_error", "format")


def test_a_refusal_is_json_where_yaml_was_asked_for() -> None:
    refused(Api().http.post(ROOT + "/schema?format=yaml"), 405, "method_not_allowed")


@pytest.mark.parametrize("accept", ["application/json", "image/png", "nonsense"])
def test_the_page_to_try_it_at_is_shown_whatever_is_accepted(accept: str) -> None:
    page = Api().http.get(ROOT + "/docs", headers={"Accept": accept})
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
