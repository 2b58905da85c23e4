"""`/clients`: it works; then one test per way to fail."""

from typing import Any

import pytest

from authspine.identity.models import User
from clients.models import Client
from tests.fixtures import Maker
from tests.rest import ROOT, Api, refused

ANA: dict[str, Any] = {
    "email": "Ana.Garcia@Example.com",
    "name": "Ana García",
    "phone": "+49 170 1234567",
    "preferences": {"tea": True},
    "metadata": {"source": "web", "tags": ["a", {"b": None}]},
    "notes": "Line one\nline two",
    "external_id": "crm-7",
}
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


def test_it_works(api_client: Api) -> None:
    created = api_client.post("/clients", ANA)
    assert created.status_code == 201
    body = created.json()
    assert list(body) == ["id", "external_id", "created_at", "updated_at", *list(ANA)[:-1]]
    assert {name: body[name] for name in ANA} == ANA
    assert created.headers["Location"] == f"http://testserver{ROOT}/clients/{body['id']}"
    assert api_client.follow(created.headers["Location"]).json() == body
    assert api_client.get("/clients").json()["results"] == [body]

    changed = api_client.patch(f"/clients/{body['id']}", {"name": "Ana Müller", "preferences": {}})
    assert changed.status_code == 200
    assert changed.json() == body | {
        "name": "Ana Müller",
        "preferences": {},
        "updated_at": changed.json()["updated_at"],
    }
    assert changed.json()["updated_at"] > body["updated_at"]

    gone = api_client.delete(f"/clients/{body['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    refused(api_client.get(f"/clients/{body['id']}"), 404, "not_found")


def test_what_is_left_out_is_empty(api_client: Api) -> None:
    body = api_client.post("/clients", {"email": "a@b.de", "name": "A"}).json()
    empty: dict[str, Any] = {"phone": "", "preferences": {}, "metadata": {}, "notes": "", "external_id": None}
    assert {name: body[name] for name in empty} == empty


@pytest.mark.parametrize("field", ["email", "name"])
def test_a_client_has_an_email_and_a_name(api_client: Api, field: str) -> None:
    left = {name: value for name, value in ANA.items() if name != field}
    fault = refused(api_client.post("/clients", left), 400, "validation_error", field)["errors"][0]
    assert fault["code"] == "required"


@pytest.mark.parametrize("email", ["ana.garcia@example.com", "ANA.GARCIA@EXAMPLE.COM", " Ana.Garcia@example.com "])
def test_an_email_is_taken_whatever_its_case(api_client: Api, email: str) -> None:
    api_client.post("/clients", ANA)
    second = api_client.post("/clients", ANA | {"email": email, "external_id": None})
    refused(second, 409, "email_exists", "email")


def test_an_email_cannot_be_changed_to_one_that_is_taken(api_client: Api, make: Maker) -> None:
    one, other = make.client(), make.client()
    refused(api_client.patch(f"/clients/{one.id}", {"email": other.email.upper()}), 409, "email_exists", "email")
    assert api_client.get(f"/clients/{one.id}").json()["email"] == one.email


def test_the_email_of_a_deleted_client_is_free_again(api_client: Api, make: Maker) -> None:
    booking = make.booking()  # with bookings a client is made inactive and not removed
    email = api_client.get(f"/clients/{booking.client_id}").json()["email"]
    assert api_client.delete(f"/clients/{booking.client_id}").status_code == 204
    refused(api_client.get(f"/clients/{booking.client_id}"), 404, "not_found")
    refused(api_client.delete(f"/clients/{booking.client_id}"), 404, "not_found")
    assert api_client.post("/clients", {"email": email, "name": "A"}).status_code == 201
    assert api_client.get(f"/bookings/{booking.id}").json()["client"] == str(booking.client_id)


def test_the_login_is_shared_between_organizations_and_keeps_its_email(api_client: Api, stranger: Api) -> None:
    body = {"email": "shared.login@example.com", "name": "A"}
    mine, theirs = (api.post("/clients", body).json() for api in (api_client, stranger))
    assert mine["id"] != theirs["id"]
    api_client.patch(f"/clients/{mine['id']}", {"email": "moved@example.com"})
    assert User.objects.get_by_natural_key("shared.login@example.com").email == "shared.login@example.com"
    assert stranger.get(f"/clients/{theirs['id']}").json()["email"] == "shared.login@example.com"


@pytest.mark.parametrize(
    "change", [{"name": None}, {"email": ""}, {"name": " "}, {"metadata": None}, {"user": MISSING}]
)
def test_a_change_is_checked_like_a_new_client(api_client: Api, make: Maker, change: dict[str, Any]) -> None:
    client = make.client()
    refused(api_client.patch(f"/clients/{client.id}", change), 400, "validation_error", *change)
    assert api_client.get(f"/clients/{client.id}").json()["name"] == client.name


def test_a_change_of_nothing_changes_nothing(api_client: Api, make: Maker) -> None:
    client = make.client(name="Ana")
    assert api_client.patch(f"/clients/{client.id}", {}).json()["name"] == "Ana"


@pytest.mark.parametrize("method", ["get", "delete"])
def test_one_that_does_not_exist(api_client: Api, method: str) -> None:
    refused(getattr(api_client, method)(f"/clients/{MISSING}"), 404, "not_found")


def test_one_that_does_not_exist_cannot_change(api_client: Api) -> None:
    refused(api_client.patch(f"/clients/{MISSING}", {"name": "A"}), 404, "not_found")


@pytest.fixture
def crowd(make: Maker) -> None:
    make.client(name="Ana García", email="ana.garcia@example.com", phone="+49 170 1234567")
    make.client(name="Ana Müller", email="mueller@other.org")
    make.client(name="Hannah Lee", email="hl@example.com", phone="0170-7654321")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ana", ["Ana Müller", "Ana García"]),
        ("ANA garcia", ["Ana García"]),
        ("garc", ["Ana García"]),
        ("example", ["Hannah Lee", "Ana García"]),
        ("ana example", ["Ana García"]),
        ("4567", ["Ana García"]),
        ("4321", ["Hannah Lee"]),
        ("170", []),
        ("arcia", []),
        ("müller", ["Ana Müller"]),
        ("muller", ["Ana Müller"]),
        ("nobody", []),
        ("", ["Hannah Lee", "Ana Müller", "Ana García"]),
    ],
)
def test_every_word_typed_begins_a_word_or_ends_the_phone(
    api_client: Api, crowd: None, typed: str, found: list[str]
) -> None:
    assert [row["name"] for row in api_client.get("/clients", search=typed).json()["results"]] == found


def test_filters_combine_with_and(api_client: Api, crowd: None) -> None:
    def found(**query: str) -> list[str]:
        return [row["name"] for row in api_client.get("/clients", **query).json()["results"]]

    assert found(email="ANA.GARCIA@example.com") == ["Ana García"]
    assert found(email="ana.garcia@example.com", search="ana") == ["Ana García"]
    assert found(email="ana.garcia@example.com", search="hannah") == []
    assert found(email="nobody@example.com") == []


def test_no_column_leaves_that_is_not_in_the_shape(api_client: Api) -> None:
    body = api_client.post("/clients", ANA).json()
    hidden = {field.name for field in Client._meta.fields} - set(body)
    held = {"legal_hold_reference", "legal_hold_until", "legal_hold_at"}
    assert hidden == {"organization", "user", "data_key", "email_key", "tokens", "deleted_at", "erased_at", *held}
