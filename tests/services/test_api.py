"""`/services`: it works; then one test per way to fail."""

from typing import Any

import pytest

from authspine.kernel.money import Money
from tests.fixtures import Maker
from tests.rest import Api, refused

CUT: dict[str, Any] = {
    "name": "Haircut",
    "description": "Wash and cut",
    "duration_minutes": 45,
    "price": {"amount_cents": 4500, "currency": "EUR"},
    "deposit": {"amount_cents": 500, "currency": "EUR"},
    "location_type": "mobile",
    "recurrence": "recurring",
    "capacity": 3,
    "buffer_before_minutes": 5,
    "buffer_after_minutes": 10,
    "slot_interval_minutes": 15,
    "min_notice_minutes": 120,
    "horizon_days": 30,
    "active": False,
    "metadata": {"chair": 2},
    "external_id": "sku-1",
}
SMALLEST: dict[str, Any] = {
    "name": "Cut",
    "duration_minutes": 60,
    "price": {"amount_cents": 7500, "currency": "USD"},
}
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


def test_it_works(api_client: Api, make: Maker) -> None:
    body = CUT | {"professional": str(make.professional().id)}
    created = api_client.post("/services", body)
    assert created.status_code == 201
    service = created.json()
    assert {name: service[name] for name in body} == body
    assert set(service) == {*body, "id", "created_at", "updated_at"}
    assert api_client.follow(created.headers["Location"]).json() == service
    changed = api_client.patch(f"/services/{service['id']}", {"active": True, "slot_interval_minutes": None}).json()
    assert (changed["active"], changed["slot_interval_minutes"], changed["name"]) == (True, None, "Haircut")


def test_what_is_left_out_has_a_default(api_client: Api, make: Maker) -> None:
    service = api_client.post("/services", SMALLEST | {"professional": str(make.professional().id)}).json()
    expected = {
        "deposit": {"amount_cents": 0, "currency": "USD"},
        "location_type": "in_person",
        "recurrence": "one_time",
        "capacity": 1,
        "slot_interval_minutes": None,
        "active": True,
    }
    assert {name: service[name] for name in expected} == expected


def test_deleting_withdraws(api_client: Api, make: Maker) -> None:
    service = make.service()
    assert api_client.delete(f"/services/{service.id}").status_code == 204
    assert api_client.get(f"/services/{service.id}").json()["active"] is False
    assert api_client.delete(f"/services/{service.id}").status_code == 204


@pytest.mark.parametrize("field", ["professional", "name", "duration_minutes", "price"])
def test_what_a_service_needs(api_client: Api, make: Maker, field: str) -> None:
    body = SMALLEST | {"professional": str(make.professional().id)}
    del body[field]
    refused(api_client.post("/services", body), 400, "validation_error", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_minutes", 0),
        ("duration_minutes", 1441),
        ("capacity", 0),
        ("capacity", 1001),
        ("buffer_before_minutes", -1),
        ("buffer_after_minutes", 1441),
        ("slot_interval_minutes", 0),
        ("horizon_days", -1),
        ("min_notice_minutes", 2**31),
        ("location_type", "moon"),
        ("recurrence", None),
        ("active", "true"),
        ("deposit", None),
        ("professional", "1"),
        ("end", "17:00"),
    ],
)
def test_a_field_of_the_wrong_shape(api_client: Api, make: Maker, field: str, value: Any) -> None:
    body = SMALLEST | {"professional": str(make.professional().id), field: value}
    refused(api_client.post("/services", body), 400, "validation_error", field)


def test_a_professional_who_does_not_exist_is_named(api_client: Api) -> None:
    refused(api_client.post("/services", SMALLEST | {"professional": MISSING}), 404, "not_found", "professional")


def test_a_service_stays_with_its_professional(api_client: Api, make: Maker) -> None:
    service, other = make.service(), make.professional()
    change = {"professional": str(other.id)}
    refused(api_client.patch(f"/services/{service.id}", change), 400, "validation_error", "professional")


def test_a_price_cannot_fall_below_the_deposit(api_client: Api, make: Maker) -> None:
    service = make.service()
    api_client.patch(f"/services/{service.id}", {"deposit": {"amount_cents": 5000, "currency": "USD"}})
    cheaper = {"price": {"amount_cents": 4999, "currency": "USD"}}
    refused(api_client.patch(f"/services/{service.id}", cheaper), 409, "deposit_above_price", "price")
    both = cheaper | {"deposit": {"amount_cents": 5000, "currency": "USD"}}
    refused(api_client.patch(f"/services/{service.id}", both), 400, "deposit_too_high", "deposit")
    dearer = {"price": {"amount_cents": 9000, "currency": "USD"}}
    assert api_client.patch(f"/services/{service.id}", dearer).json()["deposit"]["amount_cents"] == 5000


@pytest.mark.parametrize(
    ("field", "amount", "code"),
    [
        ("deposit", {"amount_cents": 7501, "currency": "USD"}, "deposit_above_price"),
        ("deposit", {"amount_cents": 1, "currency": "EUR"}, "other_currency"),
        ("price", {"amount_cents": 9000, "currency": "EUR"}, "other_currency"),
    ],
)
def test_an_amount_that_does_not_go_with_what_is_kept(
    api_client: Api, make: Maker, field: str, amount: dict[str, Any], code: str
) -> None:
    """It is right by itself, so it is no 400; and it names the field that was sent."""
    service = make.service(deposit=Money(500, "USD"))
    refused(api_client.patch(f"/services/{service.id}", {field: amount}), 409, code, field)


def test_one_that_does_not_exist(api_client: Api) -> None:
    refused(api_client.get(f"/services/{MISSING}"), 404, "not_found")
    refused(api_client.patch(f"/services/{MISSING}", {"name": "A"}), 404, "not_found")
    refused(api_client.delete(f"/services/{MISSING}"), 404, "not_found")


def test_filters(api_client: Api, make: Maker) -> None:
    stylist = make.professional(vertical="beauty")
    make.service(name="Haircut", professional=stylist)
    withdrawn = make.service(name="Hair color", professional=stylist)
    api_client.delete(f"/services/{withdrawn.id}")
    make.service(name="Strategy")

    def found(**query: str) -> list[str]:
        return [row["name"] for row in api_client.get("/services", **query).json()["results"]]

    assert found() == ["Strategy", "Hair color", "Haircut"]
    assert found(professional=str(stylist.id)) == ["Hair color", "Haircut"]
    assert found(vertical="beauty", active="true") == ["Haircut"]
    assert found(active="false") == ["Hair color"]
    assert found(search="hair") == ["Hair color", "Haircut"]
    assert found(professional=MISSING) == []
    refused(api_client.get("/services", professional="x"), 400, "validation_error", "professional")
