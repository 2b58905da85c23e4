"""What is signed and yet not as it should be: B7 (other money), B8 (others' money), B9 (nothing that is known)."""

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from payments.models import GatewayEvent, PaymentIntent
from tests.fixtures import new_organization
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import book, events, shop, start, stored
from tests.payments.test_api_webhooks import signed
from tests.payments.webhooks import Post, alerts, inbox, send
from tests.rest import refused
from tests.studio import Studio


def paid_there(organization: Organization) -> tuple[Studio, PaymentIntent]:
    """The money is there, and we have not heard of it."""
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    return studio, intent


def told(post: Post, type: str = "payment_intent.succeeded") -> dict[str, Any]:
    """An event of the gateway's, to be changed."""
    body, _ = post.signed(post.events(type)[0])
    found: dict[str, Any] = json.loads(body)
    return found


def bring(post: Post, event: dict[str, Any]) -> GatewayEvent:
    """As if the gateway had sent this; gives what became of it."""
    body = json.dumps(event).encode()
    post.brought.add(event["id"])
    assert send(body, signed(body)["Stripe-Signature"]).status_code == 200
    post.work()
    return inbox(event["id"])


@pytest.mark.parametrize("type", ["payment_intent.succeeded", "charge.succeeded"])
@pytest.mark.parametrize("change", [{"amount": 100}, {"currency": "eur"}])
def test_b7_an_event_of_other_money_confirms_nothing(
    organization: Organization, post: Post, type: str, change: dict[str, Any]
) -> None:
    studio, intent = paid_there(organization)
    event = told(post, type)
    event["data"]["object"] |= change
    row = bring(post, event)
    assert row.state == "rejected"
    assert "asked for were 7500 USD" in row.detail
    assert stored(studio, intent).status == "pending"
    assert alerts(organization) == [("mismatch", intent.gateway_id)]
    assert events(studio) == ["payment.created", "payment.alert_raised"]


def test_b7_a_payment_of_another_amount_confirms_nothing(organization: Organization, post: Post) -> None:
    """Somebody changed it at the gateway, and one event does not say so."""
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.update(intent.gateway_id, {"amount": 100})
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    event = told(post)
    event["data"]["object"]["amount"] = 7500
    assert bring(post, event).state == "rejected"
    assert stored(studio, intent).status == "pending"
    assert alerts(organization) == [("mismatch", intent.gateway_id)]


@pytest.mark.parametrize("change", [{"livemode": True}, {"account": "acct_other"}])
def test_b8_others_money_is_rejected(organization: Organization, post: Post, change: dict[str, Any]) -> None:
    studio, intent = paid_there(organization)
    assert bring(post, told(post) | change).state == "rejected"
    assert stored(studio, intent).status == "pending"
    assert alerts(organization) == [("mismatch", intent.gateway_id)]


def test_b8_test_money_is_no_money_where_real_money_is_moved(
    organization: Organization, post: Post, settings: Settings
) -> None:
    studio, intent = paid_there(organization)
    event = told(post)
    settings.STRIPE_API_KEY = settings.STRIPE_API_KEY.replace("sk_test", "sk_live")
    assert bring(post, event).state == "rejected"
    assert stored(studio, intent).status == "pending"


def test_our_own_account_may_be_named(organization: Organization, post: Post, settings: Settings) -> None:
    settings.STRIPE_ACCOUNT = "acct_ours"
    studio, intent = paid_there(organization)
    assert bring(post, told(post) | {"account": "acct_ours"}).state == "done"
    assert stored(studio, intent).status == "succeeded"


def test_b8_an_event_that_names_another_organization_is_rejected(organization: Organization, post: Post) -> None:
    studio, intent = paid_there(organization)
    other = new_organization()
    event = told(post)
    event["data"]["object"]["metadata"]["organization"] = str(other.id)
    assert bring(post, event).state == "rejected"
    assert stored(studio, intent).status == "pending"
    assert alerts(other) == []


def test_b8_an_event_of_another_attempt_of_the_same_business_is_rejected(
    organization: Organization, post: Post
) -> None:
    studio, intent = paid_there(organization)
    other = start(studio, book(studio, status="held", hour=14))
    event = told(post)
    event["data"]["object"]["metadata"]["intent"] = str(other.id)
    assert bring(post, event).state == "rejected"
    assert [stored(studio, one).status for one in (intent, other)] == ["pending", "pending"]
    assert alerts(organization) == [("mismatch", intent.gateway_id)]


def test_b8_a_payment_that_the_gateway_does_not_find_is_rejected(organization: Organization, post: Post) -> None:
    paid_there(organization)
    event = told(post)
    event["data"]["object"]["id"] = "pi_of_another_account"
    assert bring(post, event).state == "rejected"
    assert alerts(organization) == [("mismatch", "pi_of_another_account")]


@pytest.mark.parametrize("metadata", [{}, {"organization": str(new_id()), "intent": str(new_id())}, {"intent": "1"}])
def test_what_was_made_by_somebody_else_is_ignored(post: Post, metadata: dict[str, str]) -> None:
    witness().payment_intents.create({"amount": 100, "currency": "usd", "metadata": metadata})
    post.bring_all()
    assert post.states() == ["ignored"]


def unknown(**more: Any) -> dict[str, Any]:
    return {"id": f"evt_{new_id()}", "type": "thing.invented", "created": 1, "data": {"object": {}}} | more


@pytest.mark.parametrize(
    "event",
    [
        unknown(),
        unknown(type="payment_intent.invented", data={"object": {"object": "payment_intent"}}),
        unknown(type="charge.succeeded", data={"object": {"object": "charge", "payment_intent": {"id": "pi_1"}}}),
        unknown(type="x" * 300, api_version="9999-12-31.unheard", created="2026-01-01T00:00:00Z"),
        unknown(data=None),
        unknown(data={"object": [1]}),
        unknown(object="v2.core.event", data={}, created=None, related_object={"id": "x"}),
        unknown(created=10**400),
        unknown(created=-(10**15), account=["a"], livemode="?", api_version={"a": 1}),
        unknown(data={"object": {"object": "refund\0", "id": "\ud800", "metadata": {"intent": "\0", "refund": [1]}}}),
        unknown(data={"object": {"object": "refund", "amount": 10**300, "currency": "isk"}}),
    ],
)
def test_b9_what_is_not_known_is_kept_and_ignored(post: Post, event: dict[str, Any]) -> None:
    assert bring(post, event).state == "ignored"


def test_b9_what_is_more_than_known_does_no_harm(organization: Organization, post: Post) -> None:
    studio, intent = paid_there(organization)
    event = told(post) | {"api_version": "2031-01-01.unheard", "context": {"new": [1, 2]}}
    event["data"]["object"]["novelty"] = {"deep": [{}]}
    assert bring(post, event).state == "done"
    assert stored(studio, intent).status == "succeeded"


@pytest.mark.parametrize("body", [b"{}", b'{"id": 1, "type": "a"}', b'{"id": "", "type": "a"}', b'"a"', b"[" * 100_000])
def test_what_is_signed_and_no_event_is_refused(post: Post, body: bytes) -> None:
    before = GatewayEvent.objects.count()
    refused(send(body, signed(body)["Stripe-Signature"]), 400, "validation_error", "Stripe-Signature")
    assert GatewayEvent.objects.count() == before


def test_what_is_too_large_is_refused(post: Post) -> None:
    body = json.dumps(unknown(padding="x" * 1024 * 1024)).encode()
    refused(send(body, signed(body)["Stripe-Signature"]), 413, "payload_too_large")


def test_no_person_is_kept_in_the_inbox(organization: Organization, post: Post) -> None:
    paid_there(organization)
    event = told(post, "charge.succeeded")
    event["data"]["object"]["billing_details"] = {"name": "Ana García", "email": "ana@example.com"}
    event["data"]["object"]["description"] = "Ana"
    assert "Ana" not in str(bring(post, event).facts)
