"""`/services/{id}/offers`: it works; then one test per way to fail."""

from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Session
from tests.admin.office import rows
from tests.factories import hour
from tests.fixtures import Maker, new_organization
from tests.rest import Api, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
TERMS: dict[str, Any] = {
    "price": {"amount_cents": 9000, "currency": "USD"},
    "duration_minutes": 45,
    "priority": 2,
    "active": True,
    "external_id": "offer-1",
}


def told(make: Maker) -> list[Any]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [event.data["fields"] for event in found if event.type == "service.updated"]


def test_it_works(api_client: Api, make: Maker) -> None:
    service, other = make.service(), make.professional()
    path = f"/services/{service.id}/offers/{other.id}"
    refused(api_client.get(path), 404, "not_found")
    made = api_client.put(path, TERMS)
    assert made.status_code == 201
    offer = made.json()
    assert {name: offer[name] for name in TERMS} == TERMS
    assert offer["professional"] == str(other.id)
    assert api_client.follow(made.headers["Location"]).json() == offer
    listed = api_client.get(f"/services/{service.id}/offers").json()["results"]
    assert [one["professional"] for one in listed] == [str(other.id), str(service.professional_id)]
    assert listed[0] == offer
    assert api_client.delete(path).status_code == 204
    refused(api_client.delete(path), 404, "not_found")
    assert told(make) == [["offers"], ["offers"]]


def test_put_replaces_as_a_whole(api_client: Api, make: Maker) -> None:
    service, other = make.service(), make.professional()
    path = f"/services/{service.id}/offers/{other.id}"
    made = api_client.put(path, TERMS).json()
    replaced = api_client.put(path, {"duration_minutes": 30})
    assert replaced.status_code == 200
    expected = {"id": made["id"], "price": None, "duration_minutes": 30, "priority": 0, "active": True}
    assert {name: replaced.json()[name] for name in expected} == expected


def test_a_service_starts_with_its_professional_s_own_offer(api_client: Api, make: Maker) -> None:
    service = make.service()
    [own] = api_client.get(f"/services/{service.id}").json()["offers"]
    assert (own["professional"], own["price"], own["active"]) == (str(service.professional_id), None, True)
    path = f"/services/{service.id}/offers/{service.professional_id}"
    refused(api_client.delete(path), 409, "own_offer")
    assert api_client.put(path, {"active": False}).json()["active"] is False
    refused(api_client.delete(path), 409, "own_offer")
    assert api_client.get(path).json()["active"] is False


def test_the_offers_of_a_service_are_shown_by_priority(api_client: Api, make: Maker) -> None:
    service = make.service()
    last, second = make.offer(service=service, priority=9), make.offer(service=service, priority=1)
    expected = [str(service.professional_id), str(second.professional_id), str(last.professional_id)]
    for shown in (
        api_client.get(f"/services/{service.id}").json(),
        api_client.get("/services").json()["results"][0],
        api_client.patch(f"/services/{service.id}", {"name": "Other"}).json(),
    ):
        assert [offer["professional"] for offer in shown["offers"]] == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 9000),
        ("price", {"amount_cents": -1, "currency": "USD"}),
        ("duration_minutes", 0),
        ("duration_minutes", 1441),
        ("priority", -1),
        ("priority", 32_768),
        ("priority", None),
        ("active", "yes"),
        ("service", "x"),
    ],
)
def test_terms_of_the_wrong_shape(api_client: Api, make: Maker, field: str, value: Any) -> None:
    path = f"/services/{make.service().id}/offers/{make.professional().id}"
    refused(api_client.put(path, {field: value}), 400, "validation_error", field)
    refused(api_client.get(path), 404, "not_found")


def test_a_price_is_in_the_service_s_currency(api_client: Api, make: Maker) -> None:
    path = f"/services/{make.service().id}/offers/{make.professional().id}"
    euros = {"price": {"amount_cents": 9000, "currency": "EUR"}}
    refused(api_client.put(path, euros), 400, "currency_mismatch", "price")


def test_the_currency_of_a_service_stays_while_offers_have_prices_in_it(api_client: Api, make: Maker) -> None:
    service = make.service()
    offer = make.offer(service=service)
    path, of_other = f"/services/{service.id}", f"/services/{service.id}/offers/{offer.professional_id}"
    api_client.put(of_other, TERMS)
    yen = {"price": {"amount_cents": 9000, "currency": "JPY"}}
    refused(api_client.patch(path, yen), 409, "offers_have_prices", "price")
    api_client.put(of_other, {})
    assert api_client.patch(path, yen).status_code == 200


def test_no_offer_is_cheaper_than_the_deposit(api_client: Api, make: Maker) -> None:
    service, other = make.service(), make.professional()
    path = f"/services/{service.id}/offers/{other.id}"
    deposit = {"deposit": {"amount_cents": 5000, "currency": "USD"}}
    api_client.patch(f"/services/{service.id}", deposit)
    cheap = {"price": {"amount_cents": 4999, "currency": "USD"}}
    refused(api_client.put(path, cheap), 409, "below_deposit", "price")
    assert api_client.put(path, {"price": deposit["deposit"]}).status_code == 201
    higher = {"deposit": {"amount_cents": 5001, "currency": "USD"}}
    refused(api_client.patch(f"/services/{service.id}", higher), 400, "deposit_too_high", "deposit")


def test_who_is_not_here_offers_nothing(api_client: Api, make: Maker) -> None:
    service, gone, stranger = make.service(), make.professional(), Maker(new_organization()).professional()
    api_client.delete(f"/professionals/{gone.id}")
    for nobody in (MISSING, str(gone.id), str(stranger.id)):
        refused(api_client.put(f"/services/{service.id}/offers/{nobody}", {}), 404, "not_found", "professional")
        refused(api_client.delete(f"/services/{service.id}/offers/{nobody}"), 404, "not_found")


def test_a_service_that_does_not_exist(api_client: Api, make: Maker) -> None:
    other = make.professional()
    refused(api_client.get(f"/services/{MISSING}/offers"), 404, "not_found")
    refused(api_client.get(f"/services/{MISSING}/offers/{other.id}"), 404, "not_found")
    refused(api_client.put(f"/services/{MISSING}/offers/{other.id}", {}), 404, "not_found")
    refused(api_client.delete(f"/services/{MISSING}/offers/{other.id}"), 404, "not_found")


def test_services_are_found_by_whoever_offers_them(api_client: Api, make: Maker) -> None:
    own, offered, withdrawn, _ = (make.service(name=name) for name in ("Own", "Offered", "Withdrawn", "Else"))
    who = str(own.professional_id)
    api_client.put(f"/services/{offered.id}/offers/{who}", {})
    api_client.put(f"/services/{withdrawn.id}/offers/{who}", {"active": False})
    api_client.put(f"/services/{own.id}/offers/{who}", {"active": False})
    found = api_client.get("/services", professional=who).json()["results"]
    assert [service["name"] for service in found] == ["Offered", "Own"]


def test_who_goes_offers_nothing_any_more(api_client: Api, make: Maker) -> None:
    """With a service of one's own that was booked, with sessions of another's service, and with neither."""
    service, own = make.service(), make.service()
    helper, booked = (make.offer(service=service).professional_id for _ in range(2))
    api_client.put(f"/services/{service.id}/offers/{own.professional_id}", {})
    with organization_scope(make.organization, SYSTEM):
        times = {"starts_at": hour(10), "ends_at": hour(11)}
        for sold, by in ((service, booked), (own, own.professional_id)):
            Session.objects.create(service=sold, professional_id=by, capacity=1, seats_taken=1, **times)
    for gone in (helper, booked, own.professional_id):
        assert api_client.delete(f"/professionals/{gone}").status_code == 204
    left = api_client.get(f"/services/{service.id}/offers").json()["results"]
    assert [offer["professional"] for offer in left] == [str(service.professional_id)]
    [kept] = api_client.get(f"/services/{own.id}/offers").json()["results"]
    assert kept["active"] is False
