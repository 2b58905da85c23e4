"""`/professionals`: it works; then one test per way to fail."""

from typing import Any

import pytest

from tests.fixtures import Maker
from tests.rest import Api, refused

PRO: dict[str, Any] = {
    "email": "Pro@example.com",
    "name": "Petra Mann",
    "vertical": "beauty",
    "specialties": ["Hair color", "Manicure"],
    "bio": "Ten years.",
    "timezone": "Europe/Berlin",
    "years_of_experience": 10,
    "booking_limits": {"day": {"bookings": 8}, "week": {"bookings": 30, "minutes": 1800}},
    "metadata": {"room": 3},
    "external_id": "hr-1",
}
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


def test_it_works(api_client: Api) -> None:
    created = api_client.post("/professionals", PRO)
    assert created.status_code == 201
    body = created.json()
    assert {name: body[name] for name in PRO} == PRO
    assert body["verified_at"] is None
    assert set(body) == {*PRO, "id", "created_at", "updated_at", "verified_at"}
    assert api_client.follow(created.headers["Location"]).json() == body

    changed = api_client.patch(f"/professionals/{body['id']}", {"vertical": "health", "specialties": []}).json()
    assert (changed["vertical"], changed["specialties"], changed["name"]) == ("health", [], "Petra Mann")
    assert api_client.delete(f"/professionals/{body['id']}").status_code == 204
    refused(api_client.get(f"/professionals/{body['id']}"), 404, "not_found")


def test_verification_stands_from_its_first_time_on(api_client: Api, make: Maker) -> None:
    path = f"/professionals/{make.professional().id}"
    verified = api_client.post(f"{path}/verify")
    assert verified.status_code == 200
    at = verified.json()["verified_at"]
    assert at is not None
    assert api_client.post(f"{path}/verify").json()["verified_at"] == at
    assert api_client.get(path).json()["verified_at"] == at
    refused(api_client.post(f"/professionals/{MISSING}/verify"), 404, "not_found")


def test_nobody_verifies_themselves_by_a_field(api_client: Api) -> None:
    response = api_client.post("/professionals", PRO | {"verified_at": "2026-01-01T00:00:00Z"})
    refused(response, 400, "validation_error", "verified_at")
    refused(
        api_client.post("/professionals", PRO | {"payment_account": "acct_1"}),
        400,
        "validation_error",
        "payment_account",
    )


def test_an_unknown_vertical_is_named(api_client: Api) -> None:
    refused(api_client.post("/professionals", PRO | {"vertical": "astrology"}), 404, "not_found", "vertical")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Phobos"),
        ("timezone", None),
        ("specialties", "Hair"),
        ("specialties", [1]),
        ("specialties", ["x"] * 51),
        ("years_of_experience", -1),
        ("years_of_experience", 1.5),
        ("booking_limits", None),
        ("booking_limits", {"year": {"bookings": 1}}),
        ("booking_limits", {"day": {}}),
        ("booking_limits", {"day": {"bookings": -1}}),
        ("booking_limits", {"day": {"bookings": 1, "cents": 1}}),
        ("vertical", None),
        ("vertical", "Not A Slug"),
    ],
)
def test_a_field_of_the_wrong_shape(api_client: Api, field: str, value: Any) -> None:
    response = api_client.post("/professionals", PRO | {field: value})
    assert response.status_code == 400
    assert {fault["field"].split(".")[0] for fault in response.json()["errors"]} == {field}


def test_an_email_is_taken_whatever_its_case(api_client: Api) -> None:
    api_client.post("/professionals", PRO)
    again = api_client.post("/professionals", PRO | {"email": "PRO@EXAMPLE.COM", "external_id": None})
    refused(again, 409, "email_exists", "email")


def test_the_zone_is_the_organizations_unless_it_is_given(api_client: Api) -> None:
    body = {"email": "a@b.de", "name": "A", "vertical": "beauty"}
    assert api_client.post("/professionals", body).json()["timezone"] == "UTC"


def test_one_with_bookings_is_made_inactive(api_client: Api, make: Maker) -> None:
    service = make.booking().session.service
    assert api_client.delete(f"/professionals/{service.professional_id}").status_code == 204
    refused(api_client.get(f"/professionals/{service.professional_id}"), 404, "not_found")
    assert api_client.get(f"/services/{service.id}").status_code == 200


def test_filters(api_client: Api, make: Maker) -> None:
    make.professional(name="Petra Mann", vertical="beauty", specialties=["Hair color"])
    verified = make.professional(name="Paul Frau", vertical="health")
    api_client.post(f"/professionals/{verified.id}/verify")

    def found(**query: str) -> list[str]:
        return [row["name"] for row in api_client.get("/professionals", **query).json()["results"]]

    assert found() == ["Paul Frau", "Petra Mann"]
    assert found(vertical="beauty") == ["Petra Mann"]
    assert found(vertical="nothing") == []
    assert found(verified="true") == ["Paul Frau"]
    assert found(verified="false") == ["Petra Mann"]
    assert found(search="hair petra") == ["Petra Mann"]
    assert found(verified="true", vertical="beauty") == []


@pytest.mark.parametrize("value", ["1", "TRUE", "yes", "", "null"])
def test_a_flag_in_a_query_is_true_or_false(api_client: Api, value: str) -> None:
    refused(api_client.get("/professionals", verified=value), 400, "validation_error", "verified")
