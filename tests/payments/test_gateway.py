"""What is really sent to Stripe, and what becomes of its answers: the real SDK, over HTTP, against the sandbox."""

from collections.abc import Callable
from uuid import UUID

import pytest
import stripe
from pytest_django.fixtures import Settings
from stripe._api_version import _ApiVersion

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import OutsideScopeError, organization_scope
from payments import gateway
from payments.errors import (
    Declined,
    GatewayNotConfigured,
    GatewayRefused,
    GatewayUnavailable,
    MethodUnknown,
)
from payments.rules import IntentStatus
from tests.gateways import APPROVED_FIRST, DECLINED_CARD, GOOD_CARD, Wire, approve, card, cut_off, given_back, witness

PRICE = Money(7500, "USD")


def opened(amount: Money = PRICE, method: str = "card") -> tuple[UUID, str]:
    intent = new_id()
    return intent, gateway.open_intent(intent, amount, method=method, metadata={"booking": "b"})


def test_an_intent_is_announced_with_our_ids_and_charges_nothing() -> None:
    intent, gateway_id = opened()
    there = witness().payment_intents.retrieve(gateway_id)
    assert (there.amount, there.currency, there.status) == (7500, "usd", "requires_payment_method")
    assert there.metadata.to_dict() == {"booking": "b", "intent": str(intent)}
    assert gateway.look_up(gateway_id) is IntentStatus.PENDING


def test_a_good_card_pays_the_whole_amount() -> None:
    intent, gateway_id = opened()
    assert gateway.pay(intent, gateway_id, GOOD_CARD) is IntentStatus.SUCCEEDED
    assert witness().payment_intents.retrieve(gateway_id).status == "succeeded"


def test_a_declined_card_says_why() -> None:
    intent, gateway_id = opened()
    with pytest.raises(Declined) as refused:
        gateway.pay(intent, gateway_id, DECLINED_CARD)
    assert (refused.value.code, refused.value.reason) == ("payment_declined", "generic_decline")
    assert refused.value.detail == "Your card was declined."


def test_a_decline_can_be_looked_up_afterwards() -> None:
    intent, gateway_id = opened()
    with pytest.raises(Declined):
        gateway.pay(intent, gateway_id, DECLINED_CARD)
    with pytest.raises(Declined) as refused:
        gateway.pay_again(intent, gateway_id, DECLINED_CARD)
    assert refused.value.reason == "generic_decline"


def test_a_card_that_needs_approval_waits_for_its_owner() -> None:
    intent, gateway_id = opened()
    number = card(APPROVED_FIRST)
    assert gateway.pay(intent, gateway_id, number) is IntentStatus.REQUIRES_ACTION
    assert gateway.pay_again(intent, gateway_id, number) is IntentStatus.REQUIRES_ACTION
    approve(gateway_id)
    assert gateway.pay_again(intent, gateway_id, number) is IntentStatus.SUCCEEDED


def test_paying_twice_charges_once(wire: Wire) -> None:
    intent, gateway_id = opened()
    assert gateway.pay(intent, gateway_id, GOOD_CARD) is IntentStatus.SUCCEEDED
    charge = witness().payment_intents.retrieve(gateway_id).latest_charge
    assert gateway.pay(intent, gateway_id, GOOD_CARD) is IntentStatus.SUCCEEDED
    assert gateway.pay_again(intent, gateway_id, GOOD_CARD) is IntentStatus.SUCCEEDED
    assert len(wire.asked("/confirm")) == 2  # the second was answered by its key; the third only looked up
    again = witness().payment_intents.retrieve(gateway_id).latest_charge
    assert getattr(charge, "id", charge) == getattr(again, "id", again)


def test_an_unknown_card_is_refused() -> None:
    intent, gateway_id = opened()
    with pytest.raises(GatewayRefused) as refused:
        gateway.pay(intent, gateway_id, "pm_nobody")
    assert refused.value.field == "payment_method"
    assert gateway.look_up(gateway_id) is IntentStatus.PENDING


def test_an_attempt_that_cannot_be_found_is_unknown() -> None:
    """It may have been paid under another key of ours: no clear no, which would invite a second charge."""
    with pytest.raises(GatewayUnavailable):
        gateway.look_up("pi_nobody")
    with pytest.raises(GatewayUnavailable):
        gateway.pay_again(new_id(), "pi_nobody", GOOD_CARD)
    with pytest.raises(GatewayUnavailable):
        gateway.give_back_again(new_id(), "pi_nobody", PRICE, metadata={})


def test_refunds_carry_our_id_and_are_found_by_it() -> None:
    intent, gateway_id = opened()
    gateway.pay(intent, gateway_id, GOOD_CARD)
    refund = new_id()
    first = gateway.give_back(refund, gateway_id, Money(2000, "USD"), metadata={})
    again = gateway.give_back_again(refund, gateway_id, Money(2000, "USD"), metadata={})
    assert first == again == gateway.GivenBack(first.gateway_id, "succeeded")
    assert given_back(gateway_id) == [2000]


def test_a_refund_that_never_arrived_is_made_when_asked_again() -> None:
    intent, gateway_id = opened()
    gateway.pay(intent, gateway_id, GOOD_CARD)
    gateway.give_back_again(new_id(), gateway_id, Money(500, "USD"), metadata={})
    assert given_back(gateway_id) == [500]


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("requires_payment_method", "pending"),
        ("requires_confirmation", "pending"),
        ("requires_action", "requires_action"),
        ("processing", "processing"),
        ("succeeded", "succeeded"),
        ("canceled", "cancelled"),
    ],
)
def test_the_words_of_stripe_in_ours(there: str, here: str) -> None:
    found = stripe.PaymentIntent.construct_from({"status": there, "last_payment_error": None}, "k")
    assert gateway._status(found) == here


def test_a_word_that_is_new_is_no_answer() -> None:
    with pytest.raises(GatewayUnavailable):
        gateway._status(stripe.PaymentIntent.construct_from({"status": "teleported", "last_payment_error": None}, "k"))


@pytest.mark.parametrize(
    ("there", "here"), [("succeeded", "succeeded"), ("pending", "pending"), ("requires_action", "pending")]
)
def test_a_refund_has_arrived_or_is_on_its_way(there: str, here: str) -> None:
    found = stripe.Refund.construct_from({"id": "re_1", "status": there}, "k")
    assert gateway._given_back(found) == gateway.GivenBack("re_1", here)


@pytest.mark.parametrize(
    "answer", [{"status": "canceled"}, {"status": "failed", "failure_reason": "lost_or_stolen_card"}]
)
def test_a_refund_that_did_not_arrive_is_refused(answer: dict[str, str]) -> None:
    with pytest.raises(GatewayRefused) as refused:
        gateway._given_back(stripe.Refund.construct_from({"id": "re_1"} | answer, "k"))
    assert refused.value.reason == answer.get("failure_reason", "canceled")


def test_a_refund_of_what_was_not_paid_is_refused() -> None:
    _, gateway_id = opened()
    with pytest.raises(GatewayRefused):
        gateway.give_back(new_id(), gateway_id, PRICE, metadata={})


def test_what_is_on_file_shows_brand_and_last_digits() -> None:
    found = gateway.on_file(GOOD_CARD, method="card")
    assert (found.type, found.brand, found.last4) == ("card", "visa", "4242")
    with pytest.raises(MethodUnknown) as missing:
        gateway.on_file("pm_nobody", method="card")
    assert (missing.value.code, missing.value.field) == ("not_found", "payment_method")


def test_every_change_has_a_key_of_the_row_and_the_step(wire: Wire) -> None:
    intent, gateway_id = opened()
    gateway.pay(intent, gateway_id, GOOD_CARD)
    refund = new_id()
    gateway.give_back(refund, gateway_id, PRICE, metadata={})
    keys = [request.headers["Idempotency-Key"] for request in wire.seen]
    assert keys == [f"{intent}:open", f"{intent}:method", f"{intent}:confirm", f"{refund}:refund"]


def test_the_version_is_pinned_to_the_one_the_sdk_was_made_for(wire: Wire) -> None:
    opened()
    assert wire.seen[0].headers["Stripe-Version"] == gateway.API_VERSION == _ApiVersion.CURRENT


def test_nothing_is_told_of_this_machine(wire: Wire) -> None:
    opened()
    opened()
    assert not [name for name in wire.seen[1].headers if "telemetry" in name.lower()]
    assert "telemetry_id" not in wire.seen[1].headers["X-Stripe-Client-User-Agent"]


@pytest.mark.parametrize(
    ("method", "currency", "kind", "sent"),
    [
        ("card", "USD", "card", 7500),
        ("wallet", "EUR", "card", 7500),
        ("bank", "USD", "us_bank_account", 7500),
        ("bank", "EUR", "sepa_debit", 7500),
        ("card", "JPY", "card", 7500),
        ("card", "ISK", "card", 750_000),
    ],
)
def test_methods_and_amounts_in_the_words_of_stripe(
    wire: Wire, method: str, currency: str, kind: str, sent: int
) -> None:
    opened(Money(7500, currency), method)
    assert f"payment_method_types[0]={kind}" in wire.seen[0].body
    assert f"amount={sent}&currency={currency.lower()}" in wire.seen[0].body


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", "empty", 500, 503, 429, 409, 401, 403])
@pytest.mark.parametrize(
    "ask",
    [
        opened,
        lambda: gateway.pay(new_id(), "pi_x", GOOD_CARD),
        lambda: gateway.look_up("pi_x"),
        lambda: gateway.give_back(new_id(), "pi_x", PRICE, metadata={}),
        lambda: gateway.give_back_again(new_id(), "pi_x", PRICE, metadata={}),
        lambda: gateway.on_file(GOOD_CARD, method="card"),
    ],
    ids=["open", "pay", "look_up", "give_back", "give_back_again", "on_file"],
)
def test_what_is_no_clear_answer_is_unknown(wire: Wire, fault: str | int, ask: Callable[[], object]) -> None:
    wire.fault = lambda request: fault
    with pytest.raises(GatewayUnavailable):
        ask()


def test_nobody_listening_is_unknown_too(settings: Settings) -> None:
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        opened()


def test_the_sdk_tries_again_with_the_same_key(wire: Wire, settings: Settings) -> None:
    settings.STRIPE_RETRIES = 1
    wire.fault = lambda request: "lost" if len(wire.seen) == 1 else None
    opened()
    first, second = wire.seen
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_without_a_key_nothing_is_sent(wire: Wire, settings: Settings) -> None:
    settings.STRIPE_API_KEY = ""
    with pytest.raises(GatewayNotConfigured, match="STRIPE_API_KEY"):
        opened()
    assert wire.seen == []


def test_inside_a_scope_nothing_is_sent(wire: Wire, organization: Organization) -> None:
    with organization_scope(organization, SYSTEM), pytest.raises(OutsideScopeError):
        opened()
    assert wire.seen == []
