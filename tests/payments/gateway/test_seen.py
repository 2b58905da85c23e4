"""The gateway's words in ours."""

from typing import Any

import pytest
import stripe

from authspine.kernel.money import Money
from payments.errors import GatewayUnavailable
from payments.gateway.seen import Seen, ours, seen, seen_refund
from payments.rules import IntentStatus

TOLD: dict[str, Any] = {"id": "pi_1", "status": "succeeded", "amount": 7500, "currency": "usd"}


def look(**changes: Any) -> Seen:
    return seen(stripe.PaymentIntent.construct_from(TOLD | changes, "k"))


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("requires_payment_method", "pending"),
        ("requires_confirmation", "pending"),
        ("requires_action", "requires_action"),
        ("processing", "processing"),
        ("requires_capture", "authorized"),
        ("succeeded", "succeeded"),
        ("canceled", "cancelled"),
    ],
)
def test_the_words_of_stripe_in_ours(there: str, here: str) -> None:
    assert look(status=there).status == here


def test_a_word_that_is_new_is_no_answer() -> None:
    with pytest.raises(GatewayUnavailable):
        look(status="teleported")


@pytest.mark.parametrize(
    ("status", "received", "captured"),
    [("succeeded", 7000, 7000), ("requires_capture", 2000, 2000), ("succeeded", None, 7500), ("processing", None, 0)],
)
def test_what_was_captured(status: str, received: int | None, captured: int) -> None:
    assert look(status=status, amount_received=received).captured == captured


@pytest.mark.parametrize(
    ("movement", "fees"),
    [
        ({"fee": 248, "currency": "usd"}, 248),
        ({"fee": 248, "currency": "eur"}, None),
        ("txn_1", None),
        (None, None),
    ],
)
def test_a_fee_counts_when_it_is_settled_in_the_currency_of_the_charge(movement: Any, fees: int | None) -> None:
    assert look(latest_charge={"id": "ch_1", "balance_transaction": movement}).fees == fees


@pytest.mark.parametrize(("currency", "amount"), [("jpy", 7500), ("kwd", 7500), ("isk", 75), ("ugx", 75)])
def test_amounts_in_our_minor_units(currency: str, amount: int) -> None:
    assert look(currency=currency, amount_received=7500).amount == Money(amount, currency.upper())
    assert look(currency=currency, amount_received=7500).captured == amount


def test_the_banks_own_word_says_more() -> None:
    error = {"code": "card_declined", "decline_code": "lost_card", "message": "No."}
    found = look(status="requires_payment_method", last_payment_error=error)
    assert (found.failure_code, found.failure_detail) == ("lost_card", "No.")
    assert found.status is IntentStatus.PENDING


@pytest.mark.parametrize("carried", ["", "no uuid"])
def test_a_refund_that_carries_no_id_is_nobodys(carried: str) -> None:
    told = {"id": "re_1", "status": "succeeded", "amount": 1, "currency": "usd", "metadata": {"refund": carried}}
    assert ours(seen_refund(stripe.Refund.construct_from(told, "k"))) is None
