"""Fees by worked figures, the moves of an intent exhaustively, what may be refunded, and which methods are allowed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel.money import Money
from payments import rules
from payments.rules import IntentStatus, Method


@pytest.mark.parametrize(
    ("method", "cents", "fee"),
    [
        ("card", 7500, 248),  # 217.5 is rounded up, and 30
        ("card", 10_000, 320),
        ("card", 500, 45),  # 14.5 is rounded up
        ("card", 50, 31),
        ("card", 0, 30),
        ("bank", 7500, 60),
        ("bank", 62, 0),
        ("bank", 63, 1),
        ("wallet", 7500, 198),  # 187.5 is rounded up, and 10
        ("wallet", 20, 11),
        ("cash", 7500, 0),
        ("invoice", 7500, 0),
        ("card", 99_999_999_99, 290_000_030),
    ],
)
def test_the_fee_is_a_rounded_share_and_a_fixed_part(method: str, cents: int, fee: int) -> None:
    assert rules.fee(method, Money(cents, "USD")) == Money(fee, "USD")


def test_a_fee_is_in_the_currency_of_the_amount() -> None:
    assert rules.fee("card", Money(7500, "JPY")) == Money(248, "JPY")


def test_an_unknown_method_has_no_fee() -> None:
    with pytest.raises(ValueError, match="cheque"):
        rules.fee("cheque", Money(1, "USD"))


def test_every_method_has_a_fee_and_only_gateway_methods_cost() -> None:
    assert set(rules.FEES) == set(Method)
    costly = {method for method in Method if rules.fee(method, Money(10_000, "EUR")).amount_cents}
    assert costly == rules.GATEWAY_METHODS == {"card", "bank", "wallet"}


OPEN = {"pending", "requires_action", "processing", "authorized"}
ENDS = {"succeeded", "failed", "cancelled"}
MOVES = {(one, end) for one in OPEN for end in ENDS} | {
    ("pending", "requires_action"),
    ("pending", "processing"),
    ("pending", "authorized"),
    ("requires_action", "processing"),
    ("requires_action", "authorized"),
    ("processing", "requires_action"),
    ("processing", "authorized"),
    # The gateway has the last word on money that is there.
    ("failed", "succeeded"),
    ("cancelled", "succeeded"),
}


@pytest.mark.parametrize(("one", "other"), list(product(IntentStatus, IntentStatus)))
def test_an_intent_only_goes_forward(one: IntentStatus, other: IntentStatus) -> None:
    assert rules.can_move(one, other) is ((one.value, other.value) in MOVES)


def test_what_is_live_is_not_at_its_end() -> None:
    assert rules.LIVE == OPEN
    assert set(rules.MOVES) == set(IntentStatus)


@given(st.integers(0, 10**10), st.integers(0, 10**10))
def test_what_can_be_refunded_is_what_is_left(captured: int, refunded: int) -> None:
    if refunded > captured:
        with pytest.raises(ValueError, match="refunded"):
            rules.refundable_cents(captured_cents=captured, refunded_cents=refunded)
    else:
        assert rules.refundable_cents(captured_cents=captured, refunded_cents=refunded) + refunded == captured


def test_counters_are_never_negative() -> None:
    with pytest.raises(ValueError, match="refunded"):
        rules.refundable_cents(captured_cents=5, refunded_cents=-1)


@pytest.mark.parametrize(
    ("method", "allowed", "answer"),
    [
        ("card", ["card", "cash"], True),
        ("wallet", ["card", "cash"], True),  # a wallet is a card in a phone
        ("wallet", ["bank", "cash"], False),
        ("wallet", ["wallet"], True),
        ("card", ["wallet"], False),
        ("bank", ["card"], False),
        ("cash", [], False),
        ("invoice", ["card", "bank", "invoice"], True),
    ],
)
def test_a_vertical_decides_which_methods_it_takes(method: str, allowed: list[str], answer: bool) -> None:
    assert rules.is_allowed(method, allowed) is answer
