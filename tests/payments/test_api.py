"""Intents and refunds over HTTP: it works, its shape, and each way to fail."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking
from payments.models import PaymentMethod
from tests.gateways import DECLINED_CARD, GOOD_CARD, cut_off
from tests.payments.paying import STAFF, book, confirm, paid, refund, start
from tests.rest import Api, caller, refused
from tests.studio import Studio

INTENT = [
    "id", "external_id", "created_at", "updated_at", "booking", "purpose", "capture", "off_session", "method", "status",
    "amount", "amount_captured", "amount_refunded", "amount_disputed", "fee", "fee_is_known", "next_action", "failure",
]  # fmt: skip
REFUND = ["id", "external_id", "created_at", "updated_at", "intent", "amount", "reason", "status", "cause"]


@pytest.fixture
def booking(studio: Studio) -> Booking:
    return book(studio)


def usd(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "USD"}


def test_an_intent_is_started(api_client: Api, booking: Booking) -> None:
    sent = {"booking": str(booking.id), "method": "card", "external_id": "till-1"}
    response = api_client.post("/payments/intents", sent)
    made = response.json()
    assert (response.status_code, list(made)) == (201, INTENT)
    assert response.headers["Location"].endswith(f"/api/platform/payments/intents/{made['id']}")
    shown = {name: made[name] for name in INTENT[4:]}
    assert shown == {
        "booking": str(booking.id), "purpose": "full", "capture": "automatic", "off_session": False, "method": "card",
        "status": "pending", "amount": usd(7500), "amount_captured": usd(0), "amount_refunded": usd(0),
        "amount_disputed": usd(0), "fee": usd(0), "fee_is_known": False, "next_action": None, "failure": None,
    }  # fmt: skip
    assert api_client.get(f"/payments/intents/{made['id']}").json() == made


def test_it_shows_nothing_of_the_gateway(api_client: Api, booking: Booking) -> None:
    sent = {"booking": str(booking.id), "method": "card", "payment_method": GOOD_CARD}
    made = api_client.post("/payments/intents", sent)
    done = api_client.post(f"/payments/intents/{made.json()['id']}/confirm")
    assert done.status_code == 200
    for response in (made, done):
        assert not [word for word in ("pi_", "pm_", "sk_", "secret") if word in response.content.decode()]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"method": "card"}, "booking"),
        ({"booking": "x", "method": "card"}, "booking"),
        ({"booking": str(new_id())}, "method"),
        ({"booking": str(new_id()), "method": "cheque"}, "method"),
        ({"booking": str(new_id()), "method": "card", "payment_method": "x" * 101}, "payment_method"),
        ({"booking": str(new_id()), "method": "card", "amount": usd(1)}, "amount"),
    ],
)
def test_an_intent_of_the_wrong_shape_is_refused(api_client: Api, sent: dict[str, Any], field: str) -> None:
    refused(api_client.post("/payments/intents", sent), 400, "validation_error", field)


def test_an_intent_for_an_unknown_booking_is_missing(api_client: Api) -> None:
    sent = {"booking": str(new_id()), "method": "card"}
    refused(api_client.post("/payments/intents", sent), 404, "not_found", "booking")


def test_an_intent_against_the_state_of_things_is_a_conflict(api_client: Api, studio: Studio, booking: Booking) -> None:
    sent = {"booking": str(booking.id), "method": "cash"}
    paid(studio, booking, "cash")
    refused(api_client.post("/payments/intents", sent), 409, "already_paid", "booking")


def test_an_external_id_is_given_once(api_client: Api, studio: Studio) -> None:
    for hour, status in ((9, 201), (11, 409)):
        sent = {"booking": str(book(studio, hour=hour).id), "method": "cash", "external_id": "till-1"}
        response = api_client.post("/payments/intents", sent)
        assert response.status_code == status
    refused(response, 409, "conflict", "external_id")


def test_a_declined_card_is_a_402_and_the_failed_payment_stays(
    api_client: Api, studio: Studio, booking: Booking
) -> None:
    intent = start(studio, booking)
    response = api_client.post(f"/payments/intents/{intent.id}/confirm", {"payment_method": DECLINED_CARD})
    assert refused(response, 402, "payment_declined")["detail"] == "Your card was declined."
    kept = api_client.get(f"/payments/intents/{intent.id}").json()
    assert (kept["status"], kept["amount_captured"]) == ("failed", usd(0))
    assert kept["failure"] == {"code": "generic_decline", "detail": "Your card was declined."}
    refused(api_client.post(f"/payments/intents/{intent.id}/confirm"), 409, "invalid_transition")


def test_a_card_must_be_named(api_client: Api, studio: Studio, booking: Booking) -> None:
    intent = start(studio, booking)
    response = api_client.post(f"/payments/intents/{intent.id}/confirm")
    refused(response, 409, "payment_method_required", "payment_method")


def test_a_card_that_nobody_knows_is_refused(api_client: Api, studio: Studio, booking: Booking) -> None:
    intent = start(studio, booking)
    response = api_client.post(f"/payments/intents/{intent.id}/confirm", {"payment_method": "pm_nobody"})
    refused(response, 409, "payment_refused", "payment_method")


def test_a_gateway_that_is_away_is_a_503_that_says_when_to_come_again(
    api_client: Api, studio: Studio, booking: Booking, settings: Settings
) -> None:
    intent = start(studio, booking)
    cut_off(settings)
    response = api_client.post(f"/payments/intents/{intent.id}/confirm", {"payment_method": GOOD_CARD})
    refused(response, 503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_without_a_key_of_the_gateway_a_card_is_a_503_and_cash_is_not(
    api_client: Api, booking: Booking, settings: Settings
) -> None:
    settings.STRIPE_API_KEY = ""
    refused(api_client.post("/payments/intents", {"booking": str(booking.id), "method": "card"}), 503, "unavailable")
    assert api_client.post("/payments/intents", {"booking": str(booking.id), "method": "cash"}).status_code == 201


def test_intents_are_filtered(api_client: Api, studio: Studio, booking: Booking) -> None:
    done, other = paid(studio, booking, "cash"), start(studio, book(studio, hour=14), "invoice")

    def found(**query: str) -> list[str]:
        return [row["id"] for row in api_client.get("/payments/intents", **query).json()["results"]]

    assert found() == [str(other.id), str(done.id)]
    assert found(booking=str(booking.id)) == found(status="succeeded") == found(method="cash") == [str(done.id)]
    assert found(method="cash", status="pending") == []
    for query in ({"status": "lost"}, {"method": "cheque"}, {"booking": "x"}, {"client": "x"}):
        refused(api_client.get("/payments/intents", **query), 400, "validation_error", *query)


def test_a_refund_is_made_and_listed(api_client: Api, studio: Studio, booking: Booking) -> None:
    intent = paid(studio, booking, "cash")
    sent = {"intent": str(intent.id), "amount": usd(2000), "reason": "late", "external_id": "r-1"}
    response = api_client.post("/payments/refunds", sent)
    made = response.json()
    assert (response.status_code, list(made)) == (201, REFUND)
    assert {name: made[name] for name in sent} == sent
    assert made["status"] == "succeeded"
    assert response.headers["Location"].endswith(f"/payments/refunds/{made['id']}")
    assert api_client.get(f"/payments/refunds/{made['id']}").json() == made
    rest = api_client.post("/payments/refunds", {"intent": str(intent.id), "amount": None}).json()
    assert rest["amount"] == usd(5500)
    assert api_client.get("/payments/refunds", intent=str(intent.id)).json()["results"] == [rest, made]
    assert api_client.get("/payments/refunds", intent=str(new_id())).json()["results"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"amount": usd(0)}, 400, "validation_error", "amount"),
        ({"amount": usd(-1)}, 400, "validation_error", "amount"),
        ({"amount": {"amount_cents": 1}}, 400, "validation_error", "amount"),
        ({"amount": {"amount_cents": 100, "currency": "EUR"}}, 400, "validation_error", "amount.currency"),
        ({"amount": usd(7501)}, 409, "refund_too_large", "amount"),
        ({"intent": str(new_id())}, 404, "not_found", "intent"),
        ({"reason": "x" * 501}, 400, "validation_error", "reason"),
    ],
)
def test_a_refund_is_refused(
    api_client: Api, studio: Studio, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    sent = {"intent": str(paid(studio, method="cash").id)} | changes
    refused(api_client.post("/payments/refunds", sent), status, code, field)


def test_strangers_learn_nothing(stranger: Api, studio: Studio) -> None:
    intent = paid(studio, method="cash")
    given = refund(studio, intent, 100)
    for path in (f"/payments/intents/{intent.id}", f"/payments/refunds/{given.id}"):
        refused(stranger.get(path), 404, "not_found")
    refused(stranger.post(f"/payments/intents/{intent.id}/confirm"), 404, "not_found")
    refused(stranger.post("/payments/refunds", {"intent": str(intent.id)}), 404, "not_found", "intent")
    refused(
        stranger.post("/payments/intents", {"booking": str(intent.booking_id), "method": "cash"}),
        404,
        "not_found",
        "booking",
    )
    assert stranger.get("/payments/intents").json()["results"] == []
    assert stranger.get("/payments/refunds").json()["results"] == []


def test_readers_read_and_the_anonymous_do_not(reader: Api, studio: Studio) -> None:
    intent = start(studio, book(studio), "cash")
    assert reader.get(f"/payments/intents/{intent.id}").status_code == 200
    refused(reader.post(f"/payments/intents/{intent.id}/confirm"), 403, "permission_denied")
    for path in ("/payments/intents", "/payments/refunds", "/payments/methods", "/payments/fees"):
        refused(Api().get(path), 401, "not_authenticated")
    assert confirm(studio, intent).status == "succeeded"


@pytest.mark.parametrize("path", ["/payments/intents", "/payments/refunds", "/payments/methods"])
def test_lists_cost_the_same_for_few_and_many(organization: Organization, studio: Studio, path: str) -> None:
    api_client = caller(organization)
    costs: list[int] = []
    for hour in (9, 11, 13):
        refund(studio, paid(studio, book(studio, hour=hour), "cash"), 100)
        with organization_scope(organization, STAFF):
            PaymentMethod.objects.create(client=studio.client, type="card", provider="p", provider_method_id=f"{hour}")
        with CaptureQueriesContext(connection) as captured:
            assert len(api_client.get(path).json()["results"]) == len(costs) + 1
        costs.append(len(captured))
    # The key, the limit, BEGIN, the scope, the rows, COMMIT; and whose they are is told to the audit.
    assert costs[1] == costs[2] <= 7
