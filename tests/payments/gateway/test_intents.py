"""Payments as the gateway is asked for them: announced, paid, captured in parts, let go, looked at."""

from dataclasses import replace

import pytest

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from payments import gateway
from payments.errors import Declined, GatewayRefused, GatewayUnavailable, NotMadeHere
from payments.rules import IntentStatus
from tests.gateways import APPROVED_FIRST, DECLINED_CARD, GOOD_CARD, Wire, approve, card, witness
from tests.payments.gateway.orders import PRICE, opened, pay, unseen
from tests.sandboxes import Sandbox


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def test_an_intent_is_announced_with_our_ids_and_charges_nothing() -> None:
    intent, gateway_id = opened()
    there = witness().payment_intents.retrieve(gateway_id)
    assert (there.amount, there.currency, there.status) == (7500, "usd", "requires_payment_method")
    assert there.metadata.to_dict() == {"booking": "b", "intent": str(intent)}
    found = gateway.look(gateway_id)
    assert (found.status, found.captured, found.refunds) == (IntentStatus.PENDING, 0, ())


def test_a_good_card_pays_the_whole_amount() -> None:
    paid = pay(*opened(), GOOD_CARD)
    assert (paid.status, paid.amount, paid.captured, paid.fees) == (IntentStatus.SUCCEEDED, PRICE, 7500, 248)


def test_a_declined_card_says_why() -> None:
    with pytest.raises(Declined) as refused:
        pay(*opened(), DECLINED_CARD)
    assert (refused.value.code, refused.value.reason) == ("payment_declined", "generic_decline")
    assert refused.value.detail == "Your card was declined."


def test_a_decline_is_told_again_and_not_asked_for_again(wire: Wire) -> None:
    attempt = opened()
    for _ in range(2):
        with pytest.raises(Declined) as refused:
            pay(*attempt, DECLINED_CARD)
    assert (refused.value.reason, len(wire.asked("/confirm"))) == ("generic_decline", 1)


def test_a_card_that_needs_approval_waits_for_its_owner() -> None:
    intent, gateway_id = opened()
    number = card(APPROVED_FIRST)
    waits = pay(intent, gateway_id, number, return_url="https://example.com/back")
    assert waits.status is IntentStatus.REQUIRES_ACTION
    assert waits.next_action_url.startswith("http")
    assert pay(intent, gateway_id, number).status is IntentStatus.REQUIRES_ACTION
    approve(gateway_id)
    assert pay(intent, gateway_id, number).status is IntentStatus.SUCCEEDED


def test_whose_owner_said_no_is_declined() -> None:
    intent, gateway_id = opened()
    number = card(APPROVED_FIRST)
    pay(intent, gateway_id, number)
    approve(gateway_id, granted=False)
    with pytest.raises(Declined):
        pay(intent, gateway_id, number)


def test_paying_twice_charges_once(wire: Wire, sandbox: Sandbox) -> None:
    intent, gateway_id = opened()
    before = gateway.look(gateway_id)
    for _ in range(2):
        assert gateway.pay(intent, before, GOOD_CARD).status is IntentStatus.SUCCEEDED
    assert pay(intent, gateway_id, GOOD_CARD).status is IntentStatus.SUCCEEDED
    assert len(wire.asked("/confirm")) == 2  # the second was answered by its key; the third only looked up
    assert [one["charges"] for one in sandbox.money(intent=str(intent))] == [1]


def test_an_unknown_card_is_refused() -> None:
    intent, gateway_id = opened()
    with pytest.raises(GatewayRefused) as refused:
        pay(intent, gateway_id, "pm_nobody")
    assert refused.value.field == "payment_method"
    assert gateway.look(gateway_id).status is IntentStatus.PENDING


def test_an_attempt_that_cannot_be_found_is_unknown() -> None:
    """It may have been paid under another key of ours: no clear no, which would invite a second charge."""
    with pytest.raises(GatewayUnavailable):
        gateway.look("pi_nobody")
    with pytest.raises(GatewayUnavailable):
        gateway.pay(new_id(), unseen("pi_nobody"), GOOD_CARD)


def test_what_is_authorized_is_captured_in_parts_and_the_rest_let_go() -> None:
    intent, gateway_id = opened(by_hand=True)
    held = pay(intent, gateway_id, GOOD_CARD)
    assert (held.status, held.captured) == (IntentStatus.AUTHORIZED, 0)
    part = gateway.capture(intent, gateway_id, usd(2000), before=0, last=False)
    assert (part.status, part.captured) == (IntentStatus.AUTHORIZED, 2000)
    last = gateway.capture(intent, gateway_id, usd(3000), before=2000, last=True)
    assert (last.status, last.captured) == (IntentStatus.SUCCEEDED, 5000)
    assert gateway.look(gateway_id).fees == 88 + 87  # 2.9 % of each, and 0.30 once


def test_more_than_is_authorized_is_refused() -> None:
    intent, gateway_id = opened(by_hand=True)
    pay(intent, gateway_id, GOOD_CARD)
    with pytest.raises(GatewayRefused):
        gateway.capture(intent, gateway_id, usd(7501), before=0, last=True)


def test_what_was_captured_already_is_not_captured_again_by_the_same_step() -> None:
    intent, gateway_id = opened(by_hand=True)
    pay(intent, gateway_id, GOOD_CARD)
    for _ in range(2):
        assert gateway.capture(intent, gateway_id, usd(2000), before=0, last=False).captured == 2000
    assert gateway.look(gateway_id).captured == 2000


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_is_cancelled_can_never_be_paid(by_hand: bool) -> None:
    intent, gateway_id = opened(by_hand=by_hand)
    if by_hand:
        pay(intent, gateway_id, GOOD_CARD)
    for _ in range(2):
        assert gateway.cancel(gateway_id).status is IntentStatus.CANCELLED
    assert pay(intent, gateway_id, GOOD_CARD).status is IntentStatus.CANCELLED


def test_it_is_too_late_to_cancel_what_is_paid() -> None:
    intent, gateway_id = opened()
    pay(intent, gateway_id, GOOD_CARD)
    assert gateway.cancel(gateway_id).status is IntentStatus.SUCCEEDED


def test_anothers_payment_is_not_touched() -> None:
    """All organizations share one account; the outcome of what was asked for before stays open."""
    intent, gateway_id = opened()
    for ours in (new_id(), intent):
        with pytest.raises(GatewayRefused):
            gateway.check_ours(ours, gateway_id, organization=new_id(), asked_before=False)
        with pytest.raises(NotMadeHere):
            gateway.check_ours(ours, gateway_id, organization=new_id(), asked_before=True)
    with pytest.raises(GatewayUnavailable):
        gateway.check_ours(intent, "pi_nobody", organization=new_id(), asked_before=True)


@pytest.mark.parametrize(
    ("method", "currency", "kind", "sent"),
    [
        ("card", "USD", "card", 7500),
        ("wallet", "EUR", "card", 7500),
        ("bank", "USD", "us_bank_account", 7500),
        ("bank", "EUR", "sepa_debit", 7500),
        ("card", "JPY", "card", 7500),
        ("card", "KWD", "card", 7500),
        ("card", "ISK", "card", 750_000),
    ],
)
def test_methods_and_amounts_in_the_words_of_stripe(
    wire: Wire, method: str, currency: str, kind: str, sent: int
) -> None:
    _, gateway_id = opened(Money(7500, currency), method)
    assert f"payment_method_types[0]={kind}" in wire.seen[0].body
    assert f"amount={sent}&currency={currency.lower()}" in wire.seen[0].body
    assert gateway.look(gateway_id).amount == Money(7500, currency)


def test_of_a_dispute_the_money_is_gone_until_it_is_won(sandbox: Sandbox) -> None:
    intent, gateway_id = opened()
    paid = pay(intent, gateway_id, "pm_card_createDispute")
    found = gateway.look(gateway_id)
    [dispute] = found.disputes or ()
    assert (dispute.status, dispute.cents, dispute.withdrawn) == ("open", 7500, 7500)
    assert (found.captured, found.fees) == (7500, (paid.fees or 0) + 1500)
    sandbox.control("POST", f"disputes/{dispute.gateway_id}", outcome="won")
    [won] = gateway.look(gateway_id).disputes or ()
    assert won == replace(dispute, status="won", withdrawn=0)


@pytest.mark.parametrize(
    ("currency", "name"),
    [
        ("USD", "pm_usBankAccount"),
        ("EUR", "pm_sepaDebit"),
        ("GBP", "pm_bacsDebit"),
        ("CAD", "pm_acssDebit"),
        ("AUD", "pm_auBecsDebit"),
    ],
)
@pytest.mark.parametrize(("outcome", "status"), [("succeeds", "succeeded"), ("fails", "pending")])
def test_a_bank_answers_later(sandbox: Sandbox, currency: str, name: str, outcome: str, status: str) -> None:
    attempt = opened(Money(7500, currency), "bank")
    assert pay(*attempt, name, method="bank").status is IntentStatus.PROCESSING
    sandbox.settle_debit(attempt[1], outcome)
    found = gateway.look(attempt[1])
    assert (found.status, bool(found.failure_code)) == (status, outcome == "fails")
