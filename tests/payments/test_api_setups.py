"""Cards and accounts put on file at the gateway, over HTTP: kept at once, after approval, or not at all."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from analytics.models import AnalyticsEvent
from authspine.kernel.tenancy import organization_scope
from payments.models import Customer, MethodSetup, PaymentMethod
from tests.fixtures import new_organization
from tests.gateways import APPROVED_FIRST, GOOD_CARD, Wire, approve, card, cut_off, witness
from tests.payments.paying import STAFF, shop
from tests.rest import Api, caller, refused
from tests.studio import Studio

SETUP = [
    "id", "external_id", "created_at", "updated_at", "client", "type", "status", "next_action", "payment_method",
    "failure_code",
]  # fmt: skip
KEY = "4c5b5f0e-8c1b-4d5f-9f43-5d2c6f7f1f11"


def keep(api_client: Api, studio: Studio, payment_method: str = GOOD_CARD, **more: Any) -> Any:
    sent = {"client": str(studio.client.id), "type": "card", "payment_method": payment_method}
    key = more.pop("key", None)
    return api_client.post("/payments/methods", sent | more, key=key)


def rows(studio: Studio, model: Any) -> list[Any]:
    with organization_scope(studio.organization, STAFF):
        return list(model.objects.order_by("created_at", "id"))


def updates(studio: Studio) -> int:
    with organization_scope(studio.organization, STAFF):
        return AnalyticsEvent.objects.filter(type="client.updated").count()


def there(gateway_id: str) -> Any:
    return witness().payment_methods.retrieve(gateway_id)


def test_a_client_is_one_customer_there(api_client: Api, studio: Studio) -> None:
    for name in (GOOD_CARD, "pm_card_mastercard"):
        assert keep(api_client, studio, name).status_code == 201
    [whose] = rows(studio, Customer)
    kept = rows(studio, PaymentMethod)
    assert [there(row.provider_method_id).customer for row in kept] == [whose.gateway_id] * 2
    assert [row.status for row in rows(studio, MethodSetup)] == ["succeeded"] * 2
    told = witness().customers.retrieve(whose.gateway_id)
    assert (told.name, told.email) == (None, None)


def test_the_rows_are_committed_before_the_gateway_hears_of_them(api_client: Api, studio: Studio, wire: Wire) -> None:
    found: list[tuple[int, int]] = []

    def fault(request: Any) -> str | None:
        if request.method == "POST":
            found.append((len(rows(studio, Customer)), len(rows(studio, MethodSetup))))
        return None

    wire.fault = fault
    assert keep(api_client, studio).status_code == 201
    assert found == [(1, 1), (1, 1)]


def test_its_owner_approves(api_client: Api, studio: Studio) -> None:
    asked = keep(
        api_client, studio, card(APPROVED_FIRST), metadata={"from": "web"}, return_url="https://example.com/back"
    )
    begun = asked.json()
    assert (asked.status_code, list(begun), begun["status"]) == (202, SETUP, "requires_action")
    assert begun["next_action"]["url"].startswith("http")
    assert api_client.follow(asked.headers["Location"]).json() == begun
    path = f"/payments/methods/setups/{begun['id']}"
    assert api_client.post(f"{path}/confirm").json()["status"] == "requires_action"
    assert (rows(studio, PaymentMethod), updates(studio)) == ([], 0)
    approve(rows(studio, MethodSetup)[0].gateway_id)
    done = api_client.post(f"{path}/confirm").json()
    assert (done["status"], done["next_action"]) == ("succeeded", None)
    kept = api_client.get(f"/payments/methods/{done['payment_method']}").json()
    assert (kept["is_default"], kept["metadata"], kept["last4"]) == (True, {"from": "web"}, "3155")
    assert api_client.post(f"{path}/confirm").json() == api_client.get(path).json() == done
    assert (len(rows(studio, PaymentMethod)), updates(studio)) == (1, 1)


def test_its_owner_does_not_approve(api_client: Api, studio: Studio) -> None:
    begun = keep(api_client, studio, card(APPROVED_FIRST)).json()
    approve(rows(studio, MethodSetup)[0].gateway_id, granted=False)
    done = api_client.post(f"/payments/methods/setups/{begun['id']}/confirm").json()
    assert (done["status"], done["payment_method"]) == ("failed", None)
    assert done["failure_code"] == "setup_intent_authentication_failure"
    assert rows(studio, PaymentMethod) == []


def test_a_card_that_is_declined_is_not_kept(api_client: Api, studio: Studio) -> None:
    first = keep(api_client, studio, "pm_card_visa_chargeDeclined", key=KEY)
    refused(first, 402, "payment_declined")
    assert keep(api_client, studio, "pm_card_visa_chargeDeclined", key=KEY).content == first.content
    assert [(row.status, row.failure_code) for row in rows(studio, MethodSetup)] == [("failed", "generic_decline")]
    assert rows(studio, PaymentMethod) == []


def test_an_account_is_kept_with_its_owners_word(api_client: Api, studio: Studio) -> None:
    made = keep(api_client, studio, "pm_usBankAccount", type="bank").json()
    assert (made["type"], made["last4"]) == ("bank", "6789")


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", "empty", 500])
@pytest.mark.parametrize("ending", ["/customers", "/setup_intents"])
def test_an_answer_that_is_lost_is_no_second_one(
    api_client: Api, studio: Studio, wire: Wire, ending: str, fault: str | int
) -> None:
    left = [fault]
    wire.fault = lambda request: left.pop() if left and request.path.endswith(ending) else None
    refused(keep(api_client, studio, key=KEY), 503, "unavailable")
    assert rows(studio, PaymentMethod) == []
    made = keep(api_client, studio, key=KEY)
    assert made.status_code == 201
    [whose], [setup] = rows(studio, Customer), rows(studio, MethodSetup)
    listed = witness().setup_intents.list({"customer": whose.gateway_id}).data
    assert [one.id for one in listed] == [setup.gateway_id]


def test_the_default_can_be_another(api_client: Api, studio: Studio) -> None:
    first, second = (keep(api_client, studio, name).json() for name in (GOOD_CARD, "pm_card_mastercard"))
    for _ in range(2):
        assert api_client.post(f"/payments/methods/{second['id']}/default").json()["is_default"] is True
    assert api_client.get(f"/payments/methods/{first['id']}").json()["is_default"] is False
    assert updates(studio) == 3  # nobody is told of what changes nothing


def test_what_is_forgotten_is_forgotten_there_too(api_client: Api, studio: Studio, settings: Settings) -> None:
    kept = keep(api_client, studio).json()
    [row], address = rows(studio, PaymentMethod), settings.STRIPE_API_BASE
    cut_off(settings)
    refused(api_client.delete(f"/payments/methods/{kept['id']}"), 503, "unavailable")
    settings.STRIPE_API_BASE = address
    assert there(row.provider_method_id).customer
    assert api_client.delete(f"/payments/methods/{kept['id']}").status_code == 204
    assert there(row.provider_method_id).customer is None
    refused(api_client.delete(f"/payments/methods/{kept['id']}"), 404, "not_found")


def test_a_copy_that_is_forgotten_leaves_the_original_alone(api_client: Api, studio: Studio) -> None:
    keep(api_client, studio)
    [row] = rows(studio, PaymentMethod)
    theirs = shop(new_organization())
    stranger = caller(theirs.organization)
    keep(stranger, theirs, "pm_card_mastercard")
    with organization_scope(theirs.organization, STAFF):
        copied = PaymentMethod.objects.create(
            client_id=theirs.client.id, type="card", provider="stripe", provider_method_id=row.provider_method_id
        )
    assert stranger.delete(f"/payments/methods/{copied.id}").status_code == 204
    assert there(row.provider_method_id).customer == rows(studio, Customer)[0].gateway_id


def test_a_client_without_bookings_can_be_deleted_with_what_is_on_file(api_client: Api, studio: Studio) -> None:
    keep(api_client, studio)
    assert api_client.delete(f"/clients/{studio.client.id}").status_code == 204
    assert [rows(studio, model) for model in (PaymentMethod, MethodSetup, Customer)] == [[], [], []]


def test_strangers_see_no_setup(api_client: Api, stranger: Api, studio: Studio) -> None:
    begun = keep(api_client, studio, card(APPROVED_FIRST)).json()
    path = f"/payments/methods/setups/{begun['id']}"
    refused(stranger.get(path), 404, "not_found")
    refused(stranger.post(f"{path}/confirm"), 404, "not_found")
