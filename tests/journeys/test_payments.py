"""Whole stories of money over HTTP, with worked amounts, against a real gateway process."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments
from bookings.models import Booking
from payments import gateway
from tests.gateways import (
    APPROVED_FIRST,
    DECLINED_CARD,
    GOOD_CARD,
    approve,
    bank_account,
    card,
    charged,
    cut_off,
    given_back,
)
from tests.payments.paying import STAFF, book, lapse, shop, start, stored, work_off
from tests.rest import Api, refused
from tests.sandboxes import Sandbox
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def usd(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "USD"}


def begin(api_client: Api, booking: Any, method: str, **more: Any) -> Any:
    response = api_client.post("/payments/intents", {"booking": str(booking), "method": method} | more)
    assert response.status_code == 201, response.json()
    return response.json()


def settle(api_client: Api, intent: Any, **body: Any) -> Any:
    response = api_client.post(f"/payments/intents/{intent['id']}/confirm", body)
    assert response.status_code == 200, response.json()
    return response.json()


def told(studio: Studio, *types: str) -> list[dict[str, Any]]:
    """The data of the events of these types, oldest first."""
    with organization_scope(studio.organization, STAFF):
        found = AnalyticsEvent.objects.filter(type__in=types).order_by("created_at", "id")
        return [{"type": event.type, "user": str(event.user), **event.data} for event in found]


def booking_status(studio: Studio, booking: Booking) -> str:
    with organization_scope(studio.organization, STAFF):
        found: Booking = Booking.objects.get(id=booking.id)
        return found.public_status


def test_a_haircut_paid_by_card_and_half_given_back(api_client: Api, studio: Studio) -> None:
    """75.00 by card: 2.9 % are 2.175, so 2.18, and 0.30: 2.48. Then 20.00 and 17.50 go back, 37.50 stay."""
    at = studio.at(10).isoformat()
    held = api_client.post(
        "/bookings", {"client": str(studio.client.id), "service": str(studio.service.id), "starts_at": at}
    ).json()
    api_client.post(f"/bookings/{held['id']}/confirm")
    intent = begin(api_client, held["id"], "card")
    done = settle(api_client, intent, payment_method=GOOD_CARD)
    assert (done["status"], done["amount"], done["amount_captured"], done["fee"]) == (
        "succeeded", usd(7500), usd(7500), usd(248),
    )  # fmt: skip
    for cents in (2000, 1750):
        made = api_client.post("/payments/refunds", {"intent": intent["id"], "amount": usd(cents), "reason": "short"})
        assert (made.status_code, made.json()["status"]) == (201, "succeeded")
    after = api_client.get(f"/payments/intents/{intent['id']}").json()
    assert (after["status"], after["amount_captured"], after["amount_refunded"]) == ("succeeded", usd(7500), usd(3750))
    refused(
        api_client.post("/payments/refunds", {"intent": intent["id"], "amount": usd(3751)}),
        409,
        "refund_too_large",
        "amount",
    )
    assert charged(held["id"]) == [7500]
    assert given_back(stored(studio, intent["id"]).gateway_id) == [1750, 2000]


def test_each_event_names_the_client_and_the_amount(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    intent = settle(api_client, begin(api_client, booking.id, "card"), payment_method=GOOD_CARD)
    given = api_client.post("/payments/refunds", {"intent": intent["id"], "amount": usd(500)}).json()
    base = {
        "user": str(studio.client.id), "paymentIntentId": intent["id"], "bookingId": str(booking.id), "method": "card",
        "currency": "USD",
    }  # fmt: skip
    assert told(studio, "payment.created", "payment.succeeded", "payment.refunded") == [
        base | {"type": "payment.created", "amount": 7500},
        base | {"type": "payment.succeeded", "amount": 7500},
        base | {"type": "payment.refunded", "amount": 500, "refundId": given["id"], "cause": "asked"},
    ]


@pytest.mark.parametrize(("method", "fee"), [("card", 248), ("wallet", 248), ("cash", 0), ("invoice", 0)])
def test_each_way_of_paying_has_its_fee(api_client: Api, studio: Studio, method: str, fee: int) -> None:
    """By the gateway, which takes the same for a card in a phone as for any other."""
    done = settle(api_client, begin(api_client, book(studio).id, method, payment_method=GOOD_CARD))
    assert (done["status"], done["amount_captured"], done["fee"]) == ("succeeded", usd(7500), usd(fee))
    given = api_client.post("/payments/refunds", {"intent": done["id"]}).json()
    assert (given["status"], given["amount"]) == ("succeeded", usd(7500))


def test_a_debit_is_paid_when_the_bank_has_answered(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    intent = settle(api_client, begin(api_client, book(studio).id, "bank", payment_method=bank_account()))
    assert (intent["status"], intent["amount_captured"]) == ("processing", usd(0))
    sandbox.settle_debit(stored(studio, intent["id"]).gateway_id)
    done = settle(api_client, intent)
    assert (done["status"], done["amount_captured"], done["fee"]) == ("succeeded", usd(7500), usd(60))
    given = api_client.post("/payments/refunds", {"intent": done["id"]}).json()
    assert (given["status"], given["amount"]) == ("pending", usd(7500))


def test_a_declined_card_is_followed_by_a_good_one(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    first = begin(api_client, booking.id, "card", payment_method=DECLINED_CARD)
    refused(api_client.post(f"/payments/intents/{first['id']}/confirm"), 402, "payment_declined")
    second = settle(api_client, begin(api_client, booking.id, "card", payment_method=GOOD_CARD))
    assert second["status"] == "succeeded"
    found = api_client.get("/payments/intents", booking=str(booking.id)).json()["results"]
    assert [intent["status"] for intent in found] == ["succeeded", "failed"]
    assert [event["type"] for event in told(studio, "payment.failed", "payment.succeeded")] == [
        "payment.failed", "payment.succeeded",
    ]  # fmt: skip
    assert charged(booking.id) == [7500]
    sent = {"booking": str(booking.id), "method": "card"}
    refused(api_client.post("/payments/intents", sent), 409, "already_paid", "booking")


def test_a_card_whose_owner_has_to_approve(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    intent = settle(api_client, begin(api_client, booking.id, "card", payment_method=card(APPROVED_FIRST)))
    assert (intent["status"], intent["amount_captured"]) == ("requires_action", usd(0))
    assert settle(api_client, intent) == intent
    approve(stored(studio, intent["id"]).gateway_id)
    assert settle(api_client, intent)["status"] == "succeeded"
    assert charged(booking.id) == [7500]


def test_a_card_whose_owner_does_not_approve(api_client: Api, studio: Studio) -> None:
    intent = settle(api_client, begin(api_client, book(studio).id, "card", payment_method=card(APPROVED_FIRST)))
    approve(stored(studio, intent["id"]).gateway_id, granted=False)
    refused(api_client.post(f"/payments/intents/{intent['id']}/confirm"), 402, "payment_declined")
    kept = api_client.get(f"/payments/intents/{intent['id']}").json()
    assert (kept["status"], kept["failure"]["code"]) == ("failed", "payment_intent_authentication_failure")


def test_a_refund_whose_bank_takes_its_time_stays_pending(
    api_client: Api, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = settle(api_client, begin(api_client, book(studio).id, "card", payment_method=GOOD_CARD))
    monkeypatch.setattr(gateway, "give_back", lambda *_, **__: gateway.GivenBack("re_slow", "pending"))
    made = api_client.post("/payments/refunds", {"intent": intent["id"]})
    assert (made.status_code, made.json()["status"]) == (201, "pending")
    assert told(studio, "payment.refunded") == []
    refused(api_client.post("/payments/refunds", {"intent": intent["id"]}), 409, "nothing_to_refund")


def test_what_was_given_back_in_full_can_be_paid_again(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    first = settle(api_client, begin(api_client, booking.id, "cash"))
    api_client.post("/payments/refunds", {"intent": first["id"]})
    assert settle(api_client, begin(api_client, booking.id, "card", payment_method=GOOD_CARD))["amount"] == usd(7500)


def test_a_gateway_that_was_away_charges_once(api_client: Api, studio: Studio, settings: Settings) -> None:
    booking, address = book(studio), settings.STRIPE_API_BASE
    intent = begin(api_client, booking.id, "card")
    confirm = f"/payments/intents/{intent['id']}/confirm"
    cut_off(settings)
    for _ in range(2):
        refused(api_client.post(confirm, {"payment_method": GOOD_CARD}), 503, "unavailable")
    waiting = api_client.get(f"/payments/intents/{intent['id']}").json()
    assert (waiting["status"], waiting["failure"]["code"]) == ("processing", "outcome_unknown")
    settings.STRIPE_API_BASE = address
    done = settle(api_client, intent, payment_method=GOOD_CARD)
    assert (done["status"], done["failure"], charged(booking.id)) == ("succeeded", None, [7500])
    assert settle(api_client, intent) == done


def test_a_deposit_confirms_the_hold(api_client: Api, organization: Organization) -> None:
    studio = shop(organization, deposit=Money(2500, "USD"))
    booking = book(studio, status="held")
    settle(api_client, begin(api_client, booking.id, "card", payment_method=GOOD_CARD))
    shown = api_client.get(f"/bookings/{booking.id}").json()
    assert (shown["status"], shown["version"]) == ("confirmed", 2)
    assert [event["type"] for event in told(studio, "payment.succeeded", "booking.confirmed")] == [
        "payment.succeeded", "booking.confirmed",
    ]  # fmt: skip


def test_a_hold_without_a_deposit_is_confirmed_by_money_too(api_client: Api, studio: Studio) -> None:
    booking = book(studio, status="held")
    settle(api_client, begin(api_client, booking.id, "cash"))
    assert booking_status(studio, booking) == "confirmed"


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_money_for_a_booking_that_is_gone_goes_back_once(
    api_client: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """The hold ends while the gateway is being asked: after the claim, before the record."""
    studio = shop(organization, deposit=Money(2500, "USD"))
    booking = book(studio, status="held")
    intent = start(studio, booking)
    pay = gateway.pay

    def meanwhile(*args: Any, **more: Any) -> Any:
        if ending == "expired":
            lapse(studio, booking)
        else:
            with organization_scope(studio.organization, STAFF):
                bookings.cancel(booking.id)
        return pay(*args, **more)

    monkeypatch.setattr(gateway, "pay", meanwhile)
    done = settle(api_client, {"id": intent.id}, payment_method=GOOD_CARD)
    assert (done["status"], done["amount_captured"]) == ("succeeded", usd(7500))
    assert done["failure"] == {"code": "booking_gone", "detail": f"The booking was {ending} when the money arrived."}
    assert told(studio, "booking.confirmed") == []
    assert api_client.get(f"/bookings/{booking.id}").json()["status"] == ending
    assert work_off(studio) >= 1
    cause = {"expired": "booking_gone", "cancelled": "policy"}[ending]
    [given] = api_client.get("/payments/refunds", intent=done["id"]).json()["results"]
    assert (given["status"], given["amount"], given["cause"]) == ("succeeded", usd(7500), cause)
    payments.settle_booking(organization, STAFF, booking.id)
    assert given_back(stored(studio, intent).gateway_id) == [7500]
    assert [(event["amount"], event["cause"]) for event in told(studio, "payment.refunded")] == [(7500, cause)]
