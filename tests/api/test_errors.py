"""Every way to fail is a problem with its status and code; a database that is away is a 503 that passes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, connections
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from rest_framework import exceptions as drf_errors

from authspine.api import errors, pages
from authspine.api.fields import WholeNumberField
from authspine.api.serializers import StrictSerializer
from authspine.identity.models import Organization
from authspine.kernel import errors as kinds
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients import queries as client_queries
from tests.fixtures import Maker
from tests.rest import ROOT, Api, refused


class Declined(kinds.Conflict):
    code = "payment_declined"


def answer(error: Exception) -> Any:
    response = errors.problem_response(error)
    assert response is not None
    return response


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (kinds.Invalid(), 400, "validation_error"),
        (kinds.NotAllowed(), 403, "permission_denied"),
        (kinds.Missing(), 404, "not_found"),
        (kinds.Conflict(), 409, "conflict"),
        (kinds.Stale(), 412, "precondition_failed"),
        (kinds.Unavailable(), 503, "unavailable"),
        (Declined(), 402, "payment_declined"),
        (Http404("secret"), 404, "not_found"),
        (PermissionDenied("secret"), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "payload_too_large"),
        (TooManyFieldsSent(), 400, "validation_error"),
        (drf_errors.ParseError(), 400, "validation_error"),
        (drf_errors.NotAuthenticated(), 401, "not_authenticated"),
        (drf_errors.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (drf_errors.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (OperationalError("gone"), 503, "unavailable"),
        (InterfaceError("closed"), 503, "unavailable"),
        (DataError("too long"), 400, "validation_error"),
        (IntegrityError("unforeseen"), 409, "conflict"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_each_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    response = answer(error)
    assert (response.status_code, response.data["code"], response.data["status"]) == (status, code, status)
    assert "secret" not in str(response.data)
    assert ("Retry-After" in response.headers) == (status == 503)


def test_a_fault_of_the_program_is_not_dressed_up() -> None:
    assert errors.problem_response(RuntimeError("bug")) is None
    assert errors.problem_response(KeyError("bug")) is None


def test_the_body_of_a_problem() -> None:
    fault = kinds.FieldFault("price.currency", "unknown_currency", "No such currency.")
    assert answer(kinds.Invalid("No.", faults=(fault,))).data == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "validation_error",
        "detail": "No.",
        "errors": [{"field": "price.currency", "code": "unknown_currency", "detail": "No such currency."}],
    }


class Line(StrictSerializer):
    number = WholeNumberField()


class Sheet(StrictSerializer):
    lines = Line(many=True)
    head = Line()


def test_faults_of_nested_shapes_have_dotted_paths() -> None:
    read = Sheet(data={"lines": [{"number": 1}, {"number": "x", "more": 1}], "head": 7})
    with pytest.raises(drf_errors.ValidationError) as refusal:
        read.is_valid(raise_exception=True)
    found = {fault["field"]: fault["code"] for fault in answer(refusal.value).data["errors"]}
    assert found == {"lines.1.number": "not_an_integer", "lines.1.more": "unknown_field", "head": "invalid"}


def test_two_faults_of_one_field_are_both_told() -> None:
    error = drf_errors.ValidationError({"name": ["too short", "too plain"]})
    assert [fault["field"] for fault in answer(error).data["errors"]] == ["name", "name"]


def test_an_id_in_a_body_that_does_not_exist_is_named(api_client: Api, make: Maker) -> None:
    service = make.service()
    body = {"client": str(service.id), "service": str(service.id), "starts_at": "2030-01-01T10:00:00Z"}
    refused(api_client.post("/bookings", body), 404, "not_found", "client")


def away(*args: Any) -> Any:
    raise psycopg.OperationalError("connection refused")


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database is away: no connection can be had."""

    connection.close()
    monkeypatch.setattr(connections["default"], "get_new_connection", away)
    yield
    connection.close()


def test_a_database_that_is_away_is_a_503(api_client: Api, gone: None) -> None:
    response = api_client.get("/clients")
    refused(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "2"


def test_pages_say_so_too(gone: None) -> None:
    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = "x" * 32
    response = browser.get("/admin/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert "text/html" in response.headers["Content-Type"]


def test_the_next_request_after_an_outage_is_served(api_client: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as outage:
        connection.close()
        outage.setattr(connections["default"], "get_new_connection", away)
        assert api_client.get("/clients").status_code == 503
    assert api_client.get("/clients").status_code == 200


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, sql: str, *parameters: Any) -> Iterator[None]:
    """The list of clients first runs this statement."""
    usual = client_queries.present

    def present() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
        return usual()

    with monkeypatch.context() as double:
        double.setattr(client_queries, "present", present)
        yield


@pytest.mark.parametrize("state", ["55P03", "57014", "40P01", "40001", "53300", "57P01", "25006"])
def test_what_passes_is_a_503(api_client: Api, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'for the test' USING ERRCODE = '{state}'; END $$"
    with failing(monkeypatch, statement):
        refused(api_client.get("/clients"), 503, "unavailable")
    assert api_client.get("/clients").status_code == 200


def test_a_lock_that_is_not_given_is_a_503(api_client: Api, monkeypatch: pytest.MonkeyPatch, make: Maker) -> None:
    with psycopg.connect(_conninfo()) as other:
        other.execute("SELECT pg_advisory_xact_lock(4242)")
        with failing(monkeypatch, "SET LOCAL lock_timeout = '50ms'; SELECT pg_advisory_xact_lock(4242)"):
            refused(api_client.get("/clients"), 503, "unavailable")


def _conninfo() -> str:
    parameters = dict(connection.get_connection_params())
    known = {"dbname", "user", "password", "host", "port", "options"}
    return psycopg.conninfo.make_conninfo(**{key: value for key, value in parameters.items() if key in known})


def test_a_statement_that_takes_too_long_is_a_503(api_client: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with failing(monkeypatch, "SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)"):
        refused(api_client.get("/clients"), 503, "unavailable")


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("SELECT 1 / 0", 400),
        ("SELECT 'x'::varchar(1), 99999999999999999999::int", 400),
    ],
)
def test_a_value_beyond_storage_is_a_400(
    api_client: Api, monkeypatch: pytest.MonkeyPatch, statement: str, status: int
) -> None:
    with failing(monkeypatch, statement):
        refused(api_client.get("/clients"), status, "validation_error")


def test_an_external_id_is_unique_per_kind(api_client: Api) -> None:
    body = {"email": "a@example.com", "name": "A", "external_id": "7"}
    assert api_client.post("/clients", body).status_code == 201
    second = api_client.post("/clients", body | {"email": "b@example.com"})
    refused(second, 409, "conflict", "external_id")
    assert len(api_client.get("/clients").json()["results"]) == 1


def test_a_refused_write_leaves_nothing(organization: Organization, api_client: Api) -> None:
    refused(api_client.post("/clients", {"email": "a@example.com", "name": ""}), 400, "validation_error", "name")
    with organization_scope(organization, SYSTEM):
        assert not client_queries.present().exists()


@pytest.mark.parametrize("path", ["/api/platform/nothing", "/api/nothing"])
def test_an_address_that_does_not_exist_is_a_problem_under_api(path: str) -> None:
    refused(Client().get(path), 404, "not_found")


def test_an_address_that_does_not_exist_is_a_page_elsewhere() -> None:
    response = Client().get("/nothing")
    assert response.status_code == 404
    assert b"<html" in response.content


@override_settings(ALLOWED_HOSTS=["example.com"])
def test_a_foreign_host_is_a_400() -> None:
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
    refused(Client().get(f"{ROOT}/clients", headers={"host": "evil.example"}), 400, "validation_error")


def request(path: str) -> HttpRequest:
    return RequestFactory().get(path)


def test_an_unforeseen_error_is_a_500_that_tells_nothing() -> None:
    try:
        raise RuntimeError("a secret of the program")
    except RuntimeError:
        for path in (f"{ROOT}/clients", "/admin/"):
            response = pages.server_error(request(path))
            assert response.status_code == 500
            assert b"secret" not in response.content
            assert "Retry-After" not in response


def test_the_other_pages() -> None:
    assert pages.bad_request(request("/x"), BadRequest("<b>")).status_code == 400
    assert pages.forbidden(request("/x"), PermissionDenied("<b>")).status_code == 403
