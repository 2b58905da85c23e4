"""What clients keep on file, and the table of fees, over HTTP."""

from typing import Any

import pytest

from analytics.models import AnalyticsEvent
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from payments.models import PaymentMethod
from tests.gateways import GOOD_CARD
from tests.payments.paying import STAFF
from tests.rest import Api, refused
from tests.studio import Studio

METHOD = [
    "id", "external_id", "created_at", "updated_at", "client", "type", "provider", "brand", "last4", "is_default",
    "metadata",
]  # fmt: skip


def usd(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "USD"}


def keep(api_client: Api, studio: Studio, **changes: Any) -> Any:
    sent = {"client": str(studio.client.id), "type": "card", "payment_method": GOOD_CARD} | changes
    return api_client.post("/payments/methods", sent)


def test_a_payment_method_is_kept_shown_and_forgotten(api_client: Api, studio: Studio) -> None:
    response = keep(api_client, studio, metadata={"from": "till"})
    made = response.json()
    assert (response.status_code, list(made)) == (201, METHOD)
    assert {name: made[name] for name in METHOD[4:]} == {
        "client": str(studio.client.id), "type": "card", "provider": "stripe", "brand": "visa", "last4": "4242",
        "is_default": True, "metadata": {"from": "till"},
    }  # fmt: skip
    assert api_client.get("/payments/methods", client=str(studio.client.id)).json()["results"] == [made]
    assert api_client.get(f"/payments/methods/{made['id']}").json() == made
    assert api_client.delete(f"/payments/methods/{made['id']}").status_code == 204
    refused(api_client.get(f"/payments/methods/{made['id']}"), 404, "not_found")


def test_there_is_one_default(api_client: Api, studio: Studio) -> None:
    first, second = keep(api_client, studio).json(), keep(api_client, studio).json()
    assert (first["is_default"], second["is_default"]) == (True, False)
    third = keep(api_client, studio, is_default=True).json()
    with organization_scope(studio.organization, STAFF):
        assert [str(row.id) for row in PaymentMethod.objects.filter(is_default=True)] == [third["id"]]


def test_a_payment_method_is_refused(api_client: Api, studio: Studio) -> None:
    refused(keep(api_client, studio, client=str(new_id())), 404, "not_found", "client")
    refused(keep(api_client, studio, payment_method="pm_nobody"), 404, "not_found", "payment_method")
    refused(keep(api_client, studio, type="cash"), 400, "validation_error", "type")


def test_a_card_is_no_bank_account(api_client: Api, studio: Studio) -> None:
    refused(keep(api_client, studio, type="bank"), 409, "payment_method_mismatch", "type")
    assert api_client.get("/payments/methods").json()["results"] == []
    # A wallet is a card in a phone.
    assert keep(api_client, studio, type="wallet").json()["type"] == "wallet"


def test_the_same_card_is_kept_once(api_client: Api, studio: Studio) -> None:
    assert keep(api_client, studio).status_code == 201
    with organization_scope(studio.organization, STAFF):
        known = PaymentMethod.objects.get().provider_method_id  # every look at Stripe's test name is a new card
    refused(keep(api_client, studio, payment_method=known), 409, "payment_method_exists")


def test_the_table_of_fees(api_client: Api) -> None:
    found = api_client.get("/payments/fees", amount_cents=7500).json()
    fees = {"card": (290, 30, 248), "bank": (80, 0, 60), "wallet": (250, 10, 198), "cash": (0, 0, 0)}
    fees["invoice"] = (0, 0, 0)
    assert found == {
        "amount": usd(7500),
        "fees": [
            {"method": method, "basis_points": share, "fixed_cents": fixed, "fee": usd(cents)}
            for method, (share, fixed, cents) in fees.items()
        ],
    }
    euros = api_client.get("/payments/fees", amount_cents=7500, currency="EUR").json()
    assert euros["fees"][0]["fee"] == {"amount_cents": 248, "currency": "EUR"}
    table = api_client.get("/payments/fees").json()
    assert table["amount"] is None
    assert table["fees"] == [fee | {"fee": None} for fee in found["fees"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"amount_cents": "-1"}, "amount_cents"),
        ({"amount_cents": "1.5"}, "amount_cents"),
        ({"amount_cents": "9" * 30}, "amount_cents"),
        ({"amount_cents": "1", "currency": "usd"}, "currency"),
        ({"amount_cents": "1", "method": "card"}, "method"),
    ],
)
def test_fees_of_the_wrong_shape_are_refused(api_client: Api, query: dict[str, str], field: str) -> None:
    refused(api_client.get("/payments/fees", **query), 400, "validation_error", field)


def test_strangers_see_no_payment_method(stranger: Api, api_client: Api, studio: Studio) -> None:
    path = f"/payments/methods/{keep(api_client, studio).json()['id']}"
    refused(stranger.get(path), 404, "not_found")
    refused(stranger.delete(path), 404, "not_found")
    assert stranger.get("/payments/methods").json()["results"] == []
    refused(keep(stranger, studio), 404, "not_found", "client")


def test_what_is_kept_is_told_of(api_client: Api, studio: Studio) -> None:
    kept = keep(api_client, studio).json()
    api_client.delete(f"/payments/methods/{kept['id']}")
    with organization_scope(studio.organization, STAFF):
        found = AnalyticsEvent.objects.filter(type="client.updated")
        assert [event.data["fields"] for event in found] == [["payment_methods"]] * 2
