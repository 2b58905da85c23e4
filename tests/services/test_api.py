"""`/services`: it works; then one test per way to fail."""

from typing import Any
from uuid import UUID

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from professionals.models import Location
from tests.fixtures import Maker, new_organization
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
    "slot_offset_minutes": 5,
    "min_notice_minutes": 120,
    "horizon_days": 30,
    "bookable_from": "2026-12-01",
    "bookable_to": "2027-03-31",
    "location": None,
    "requires_approval": True,
    "policy": {"cancellation_fee_bps": 5000, "max_reschedules": None},
    "booking_limits": {"day": {"bookings": 8, "minutes": 480}, "month": {"bookings": 100}},
    "intake_questions": [
        {"id": "scalp", "prompt": "?", "type": "text", "options": [], "required": True, "max_length": 9}
    ],
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
    assert set(service) == {*body, "id", "created_at", "updated_at", "offers", "requirements", "questions"}
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
        "slot_offset_minutes": 0,
        "bookable_from": None,
        "bookable_to": None,
        "location": None,
        "requires_approval": False,
        "policy": {},
        "booking_limits": {},
        "requirements": [],
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
        ("buffer_before_minutes", 7 * 24 * 60),
        ("slot_interval_minutes", 0),
        ("slot_offset_minutes", 1440),
        ("slot_offset_minutes", None),
        ("bookable_from", "9999-12-31"),
        ("bookable_to", "2026-02-30"),
        ("location", "here"),
        ("requires_approval", None),
        ("policy", None),
        ("policy", []),
        ("policy.patience", 1),
        ("policy.hold_minutes", 0),
        ("policy.hold_minutes", None),
        ("policy.cancellation_fee_bps", 10_001),
        ("policy.no_show_fee_cents", -1),
        ("policy.approval_minutes", 43_201),
        ("policy.max_open_holds", 0),
        ("booking_limits", None),
        ("booking_limits.year", {"bookings": 1}),
        ("booking_limits.day", None),
        ("booking_limits.day.hours", 8),
        ("booking_limits.day.minutes", -1),
        ("booking_limits.week.bookings", "8"),
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
    body = SMALLEST | {"professional": str(make.professional().id), **nested(field, value)}
    refused(api_client.post("/services", body), 400, "validation_error", field)
    service = make.service()
    if field != "professional":
        refused(api_client.patch(f"/services/{service.id}", nested(field, value)), 400, "validation_error", field)


def nested(field: str, value: Any) -> dict[str, Any]:
    """`policy.hold_minutes` as an object in an object."""
    name, dot, rest = field.partition(".")
    return {name: nested(rest, value) if dot else value}


def test_limits_name_at_least_one_measure(api_client: Api, make: Maker) -> None:
    path = f"/services/{make.service().id}"
    refused(api_client.patch(path, {"booking_limits": {"day": {}}}), 400, "validation_error", "booking_limits")


def test_policy_and_limits_are_replaced_as_a_whole(api_client: Api, make: Maker) -> None:
    path = f"/services/{make.service(policy={'hold_minutes': 5}, booking_limits={'day': {'minutes': 60}}).id}"
    assert api_client.patch(path, {"name": "Other"}).json()["policy"] == {"hold_minutes": 5}
    changed = api_client.patch(path, {"policy": {"max_open_holds": None}, "booking_limits": {}}).json()
    assert (changed["policy"], changed["booking_limits"]) == ({"max_open_holds": None}, {})


def test_the_last_date_is_not_before_the_first(api_client: Api, make: Maker) -> None:
    path = f"/services/{make.service().id}"
    wrong = {"bookable_from": "2026-12-02", "bookable_to": "2026-12-01"}
    refused(api_client.patch(path, wrong), 400, "validation_error", "bookable_to")
    assert api_client.patch(path, {"bookable_from": "2026-12-01"}).status_code == 200
    refused(api_client.patch(path, {"bookable_to": "2026-11-30"}), 400, "validation_error", "bookable_to")
    assert api_client.patch(path, {"bookable_to": "2026-12-01"}).status_code == 200
    assert api_client.patch(path, {"bookable_from": None, "bookable_to": None}).json()["bookable_to"] is None


def test_a_location_is_one_of_the_organization_s(api_client: Api, make: Maker) -> None:
    service, here, elsewhere = make.service(), location(make.organization), location(new_organization())
    body = SMALLEST | {"professional": str(service.professional_id), "location": str(here)}
    assert api_client.post("/services", body).json()["location"] == str(here)
    path = f"/services/{service.id}"
    assert api_client.patch(path, {"location": str(here)}).json()["location"] == str(here)
    for unknown in (str(elsewhere), MISSING):
        refused(api_client.post("/services", body | {"location": unknown}), 404, "not_found", "location")
        refused(api_client.patch(path, {"location": unknown}), 404, "not_found", "location")
    assert api_client.patch(path, {"location": None}).json()["location"] is None


def location(organization: Organization) -> UUID:
    with organization_scope(organization, SYSTEM):
        return Location.objects.create(name="Studio", timezone="UTC").id


def test_a_new_service_asks_for_the_vertical_s_share_as_deposit(admin: Api, make: Maker) -> None:
    admin.put("/verticals/consulting", {"display_name": "Advice", "policies": {"deposit_bps": 2500}})
    body = SMALLEST | {"professional": str(make.professional().id), "price": {"amount_cents": 7502, "currency": "USD"}}
    made = admin.post("/services", body).json()
    assert made["deposit"] == {"amount_cents": 1876, "currency": "USD"}  # 1875.5, half rounded up
    told = admin.post("/services", body | {"deposit": {"amount_cents": 0, "currency": "USD"}}).json()
    assert told["deposit"]["amount_cents"] == 0
    dearer = admin.patch(f"/services/{made['id']}", {"price": {"amount_cents": 9000, "currency": "USD"}}).json()
    assert dearer["deposit"]["amount_cents"] == 1876


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
