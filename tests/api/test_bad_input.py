"""Bad input over HTTP, row by row of the fault matrix: each gets its 4xx as a problem, and nothing is stored."""

import json
from typing import Any

import pytest

from authspine.identity.models import Organization
from tests.fixtures import Maker, new_organization
from tests.rest import ROOT, Api, caller, refused

CLIENT: dict[str, Any] = {"email": "ana@example.com", "name": "Ana"}


def raw(**fields: str) -> bytes:
    """A client's body with some values written as they are given."""
    written = {name: json.dumps(value) for name, value in CLIENT.items()} | fields
    return ("{" + ",".join(f'"{name}":{value}' for name, value in written.items()) + "}").encode()


@pytest.fixture(scope="module")
def organization() -> Organization:
    """One for the whole file: whatever is refused leaves nothing behind, as every test asserts."""
    return new_organization()


@pytest.fixture(scope="module")
def api_client(organization: Organization) -> Api:
    return caller(organization)


@pytest.fixture(autouse=True)
def _nothing_is_stored(api_client: Api) -> Any:
    yield
    assert api_client.get("/clients").json()["results"] == []


# D1: depth. D2: NUL. D3: what is no text. D10: what is no object of this shape.
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        raw(metadata='{"a":' * 900 + "1" + "}" * 900),
        raw(name='"A\\u0000"'),
        raw(metadata='{"a": "\\u0000"}'),
        raw(metadata='{"\\u0000": 1}'),
        raw(name='"\\ud800"'),
        raw(metadata='{"a": ["\\udfff"]}'),
        raw(name='"').replace(b'"name":"', b'"name":"\xff"'),
        raw(name='"').replace(b'"name":"', b'"name":"\xc0\xaf"'),
        b"\xef\xbb\xbf" + raw(),
        raw().decode().encode("utf-16"),
        raw(email='"a@b.de","email":"c@d.de"'),
        raw(metadata='{"a":1,"a":2}'),
        raw(metadata="NaN"),
        raw(metadata='{"a": Infinity}'),
        raw(metadata='{"a": 1e999}'),
        raw(metadata='{"a": ' + "9" * 5000 + "}"),
        b"",
        b" ",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b'[{"email":"a@b.de","name":"A"}]',
        raw(name="null"),
        raw(name="1"),
        raw(name="true"),
        raw(name="[]"),
        raw(name='{"a":1}'),
        raw(email='"a@b.de\\r\\nBcc: c@d.de"'),
        raw(metadata="[]"),
        raw(metadata="null"),
        raw(metadata='"{}"'),
        raw(nmae='"Ana"'),
        raw(id='"01a20714-91af-71ac-8f24-8ecdeea3c4d5"'),
        raw(organization='"01a20714-91af-71ac-8f24-8ecdeea3c4d5"'),
        raw(created_at='"2026-01-01T00:00:00Z"'),
        raw(deleted_at="null"),
        raw(__proto__="{}"),
        raw(external_id='""'),
        raw(external_id="1"),
        raw(external_id=json.dumps("x" * 201)),
        raw(name=json.dumps("x" * 201)),
        raw(notes=json.dumps("x" * 10_001)),
    ],
    ids=lambda body: repr(body[:60]),
)
def test_a_body_that_is_not_a_client(api_client: Api, body: bytes) -> None:
    response = api_client.send("POST", "/clients", body)
    found = response.json()
    assert (response.status_code, found["code"]) == (400, "validation_error"), found
    assert response.headers["Content-Type"] == "application/problem+json"


def test_every_fault_is_named_at_once(api_client: Api) -> None:
    body: dict[str, Any] = {"email": "x", "name": None, "phone": 1, "metadata": [], "more": 1}
    refused(api_client.post("/clients", body), 400, "validation_error", *body)


# D10: JSON alone, whatever the body looks like.
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/json",
        "application/xml",
        "application/json-patch+json",
        "nonsense",
    ],
)
def test_a_body_that_is_not_json_is_a_415(api_client: Api, content_type: str) -> None:
    response = api_client.send("POST", "/clients", json.dumps(CLIENT).encode(), content_type)
    refused(response, 415, "unsupported_media_type")


def test_a_form_is_a_415_also_where_there_is_no_body_to_read(api_client: Api, make: Maker) -> None:
    professional = make.professional()
    response = api_client.send(
        "POST", f"/professionals/{professional.id}/verify", b"a=1", "application/x-www-form-urlencoded"
    )
    refused(response, 415, "unsupported_media_type")
    refused(api_client.post(f"/professionals/{professional.id}/verify", {"by": "me"}), 400, "validation_error", "by")


def test_a_body_over_a_megabyte_is_a_413(api_client: Api) -> None:
    """(D15) A body of the API; an import may be larger."""
    body = raw(notes=json.dumps("x" * 1_100_000))
    refused(api_client.send("POST", "/clients", body), 413, "payload_too_large")


def test_a_body_over_the_servers_limit_is_a_413(api_client: Api, settings: Any) -> None:
    """(D15)"""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    refused(api_client.send("POST", "/clients", raw(notes=json.dumps("x" * 3000))), 413, "payload_too_large")


# D2, D11, D15: queries.
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("search=%00", ["search"]),
        ("email=a%00b", ["email"]),
        ("search=a&search=b", ["search"]),
        ("email__startswith=a", ["email__startswith"]),
        ("organization=1", ["organization"]),
        ("ordering=password", ["ordering"]),
        ("search=a%0ab", ["search"]),
        ("search=" + "a" * 201, ["search"]),
        ("format=api", ["format"]),
        ("a%00b=1", ["a\0b"]),
        ("search=%ff", []),
        ("search=%ED%A0%80", []),
        ("&".join(f"a{n}=1" for n in range(1500)), []),
    ],
    ids=lambda item: str(item)[:30],
)
def test_a_query_that_a_list_does_not_know(api_client: Api, query: str, fields: list[str]) -> None:
    """(D11, D15, D18) No look-up beyond the allow-list, no ordering, and each parameter once."""
    refused(api_client.follow(f"{ROOT}/clients?{query}"), 400, "validation_error", *fields)


@pytest.mark.parametrize("typed", ["%a%a%a%a%", "'; DROP TABLE clients_client; --", "\\", "_", "((((", "a" * 200, "😀"])
def test_what_is_typed_into_a_search_is_only_text(api_client: Api, typed: str) -> None:
    """(D11, D15)"""
    assert api_client.get("/clients", search=typed).json()["results"] == []


@pytest.mark.parametrize("path", ["/clients/01a20714-91af-71ac-8f24-8ecdeea3c4d5", "/verticals/beauty", "/bookings"])
def test_a_query_where_none_is_taken(api_client: Api, path: str) -> None:
    refused(api_client.get(path, x=1), 400, "validation_error", "x")


def test_a_query_on_a_write(api_client: Api) -> None:
    refused(api_client.post("/clients?dry_run=1", CLIENT), 400, "validation_error", "dry_run")


# D5, D6: numbers and money, where they are used.
@pytest.mark.parametrize(
    "number",
    [
        "576000",
        "1441",
        "2147483648",
        "9223372036854775808",
        "-1",
        "1e308",
        "9" * 300,
        '"1"',
        "true",
        "1.0",
        "null",
        "0",
    ],
)
def test_a_duration_is_a_whole_number_of_minutes(api_client: Api, make: Maker, number: str) -> None:
    body = (
        f'{{"professional":"{make.professional().id}","name":"Cut","duration_minutes":{number},'
        '"price":{"amount_cents":1,"currency":"USD"}}'
    )
    refused(api_client.send("POST", "/services", body.encode()), 400, "validation_error", "duration_minutes")


@pytest.mark.parametrize(
    "price",
    [
        '{"amount_cents":-1,"currency":"USD"}',
        '{"amount_cents":0.001,"currency":"USD"}',
        '{"amount_cents":1e-7,"currency":"USD"}',
        '{"amount_cents":10.50,"currency":"JPY"}',
        '{"amount_cents":10500000000,"currency":"USD"}',
        '{"amount_cents":1,"currency":"usd"}',
        '{"amount_cents":1,"currency":"BTC"}',
        '{"amount_cents":1}',
        "75",
        '"75.00"',
        "null",
    ],
)
def test_a_price_is_whole_minor_units(api_client: Api, make: Maker, price: str) -> None:
    body = f'{{"professional":"{make.professional().id}","name":"Cut","duration_minutes":60,"price":{price}}}'
    refused(api_client.send("POST", "/services", body.encode()), 400, "validation_error", "price")


@pytest.mark.parametrize(
    ("deposit", "code"),
    [
        ({"amount_cents": 101, "currency": "USD"}, "deposit_too_high"),
        ({"amount_cents": 1, "currency": "EUR"}, "currency_mismatch"),
    ],
)
def test_a_deposit_is_part_of_the_price(api_client: Api, make: Maker, deposit: dict[str, Any], code: str) -> None:
    body = {
        "professional": str(make.professional().id),
        "name": "Cut",
        "duration_minutes": 60,
        "price": {"amount_cents": 100, "currency": "USD"},
        "deposit": deposit,
    }
    refused(api_client.post("/services", body), 400, code, "deposit")


# D7: time.
@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-01T09:30:00",
        "2027-03-28T02:30:00",
        "2026-12-01T24:00:00Z",
        "2026-12-01T23:59:60Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "2026-12-01T09:30:00+25:00",
        "2026-12-01T09:30:00[Mars/Phobos]",
        "tomorrow",
        "",
        None,
        1764579000,
    ],
)
def test_a_time_is_an_instant(api_client: Api, moment: Any) -> None:
    body = {"client": ID, "service": ID, "starts_at": moment}
    refused(api_client.post("/bookings", body), 400, "validation_error", "starts_at")


ID = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.mark.parametrize("end", ["2026-12-01T10:00:00Z", "2026-12-01T09:00:00Z", "2026-12-01T10:30:00+01:00"])
def test_an_end_is_after_its_start(api_client: Api, make: Maker, end: str) -> None:
    body = {"starts_at": "2026-12-01T10:00:00Z", "ends_at": end}
    response = api_client.post(f"/professionals/{make.professional().id}/time-off", body)
    assert refused(response, 400, "validation_error", "ends_at")["errors"][0]["code"] == "order"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"to": "2026-12-02T00:00:00Z"}, "from"),
        ({"from": "2026-12-01T00:00:00", "to": "2026-12-02T00:00:00Z"}, "from"),
        ({"from": "2026-12-02T00:00:00Z", "to": "2026-12-01T00:00:00Z"}, "to"),
        ({"from": "2026-12-02T00:00:00Z", "to": "2026-12-02T00:00:00Z"}, "to"),
        ({"from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z", "timezone": "Mars/Phobos"}, "timezone"),
        ({"from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z", "step": "5"}, "step"),
    ],
)
def test_availability_is_asked_for_a_range(api_client: Api, query: dict[str, str], field: str) -> None:
    refused(api_client.get("/availability", service=ID, **query), 400, "validation_error", field)


def test_availability_is_asked_for_at_most_a_quarter(api_client: Api, make: Maker) -> None:
    query = {"service": str(make.service().id), "from": "2026-12-01T00:00:00Z", "to": "2027-12-02T00:00:00Z"}
    refused(api_client.get("/availability", **query), 400, "range_too_long", "to")


def test_availability_is_asked_of_somebody(api_client: Api) -> None:
    query = {"from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"}
    refused(api_client.get("/availability", **query), 400, "validation_error", "service")


# D15: more than a list takes; more than any query takes.
@pytest.mark.parametrize(("many", "fields"), [(101, ["service"]), (10_000, [])])
def test_ten_thousand_ids_are_too_many(api_client: Api, many: int, fields: list[str]) -> None:
    """(D15)"""
    ids = "&".join([f"service={ID}"] * many)
    url = f"{ROOT}/availability?{ids}&from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"
    refused(api_client.follow(url), 400, "validation_error", *fields)


# D17: one row has one address.
@pytest.mark.parametrize(
    "alias",
    [
        "//clients/{id}",
        "/./clients/{id}",
        "/clients//{id}",
        "/clients/{id}//",
        "/clients/{id}/.",
        "/clients/%2e/{id}",
        "/clients/{upper}",
        "/clients/{plain}",
        "/clients/{{{id}}}",
        "/clients/{id}%00",
        "/clients/{id}%0a",
        "/clients/{id} ",
        "/clients/{id};a=b",
        "/clients/{id}.json",
        "/Clients/{id}",
        "/clients/{arabic}",
        "/clients/١",
        "/verticals/Beauty",
        "/verticals/beauty%20",
    ],
)
def test_other_spellings_of_an_address_are_a_404(api_client: Api, make: Maker, alias: str) -> None:
    """(D17)"""
    row = make.client()
    spelt = str(row.id)
    forms = {
        "id": spelt,
        "upper": spelt.upper(),
        "plain": spelt.replace("-", ""),
        "arabic": spelt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    }
    refused(api_client.follow(ROOT + alias.format(**forms)), 404, "not_found")
    assert api_client.delete(f"/clients/{row.id}").status_code == 204


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_one_slash_at_the_end_is_tolerated(api_client: Api, method: str) -> None:
    assert api_client.send(method, "/clients/", b"").status_code == 200


def test_addresses_that_are_given_have_no_slash_at_the_end(api_client: Api) -> None:
    assert "/verticals?" in api_client.get("/verticals/", limit=1).json()["next"]


def test_one_slash_at_the_end_of_a_post_keeps_its_body(api_client: Api) -> None:
    created = api_client.post("/clients/", CLIENT)
    assert created.status_code == 201
    assert not created.headers["Location"].endswith("/")
    assert api_client.delete(f"/clients/{created.json()['id']}/").status_code == 204


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "SENT", "PAGE", "SHOW", "GONE", "_SCOPE", "POŜT"]
)
def test_methods_that_do_not_exist_are_a_405(admin: Api, method: str) -> None:
    """(D17)"""
    response = admin.send(method, "/clients", {})
    refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_method_cannot_be_overridden_by_a_header(admin: Api, make: Maker) -> None:
    """(E10, D17)"""
    client = make.client()
    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert admin.http.get(f"{ROOT}/clients/{client.id}", headers={header: "DELETE"}).status_code == 200
    assert admin.delete(f"/clients/{client.id}").status_code == 204


def test_head_is_a_get_without_its_body(api_client: Api) -> None:
    """(D17)"""
    response = api_client.send("HEAD", "/clients", b"")
    assert (response.status_code, response.content) == (200, b"")


def test_options_names_the_methods(api_client: Api) -> None:
    """(D17)"""
    response = api_client.send("OPTIONS", "/clients", b"")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert Api().send("OPTIONS", "/clients", b"").status_code == 401


def test_whatever_is_accepted_is_answered_in_json(api_client: Api) -> None:
    for accepted in ("text/html", "application/xml", "image/*", "nonsense", ""):
        response = api_client.http.get(f"{ROOT}/clients", headers={"Accept": accepted})
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_answers_are_not_kept_by_caches(api_client: Api) -> None:
    """(E27)"""
    for response in (api_client.get("/clients"), api_client.get("/clients", x=1), Api().get("/clients")):
        assert response.headers["Cache-Control"] == "no-store"
