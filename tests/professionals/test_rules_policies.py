"""Policies: which there are, what a service may change of its vertical's, and what they cost."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel.money import MAX_PRICE_CENTS
from authspine.kernel.tenancy import Scope
from professionals.models import Vertical
from professionals.rules.policies import POLICIES, check_overrides, effective, fee

prices = st.integers(0, MAX_PRICE_CENTS)
shares = st.integers(0, 10_000)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {name: bound.least for name, bound in POLICIES.items()},
        {name: bound.most for name, bound in POLICIES.items()},
        {"max_reschedules": None, "max_open_holds": None, "max_future_bookings": None},
    ],
)
def test_overrides_that_fit(value: Any) -> None:
    check_overrides(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "policies are an object"),
        (None, "policies are an object"),
        ({"patience": 1}, "there is no policy 'patience'"),
        ({"min_notice_minutes": 1}, "there is no policy"),
        ({"hold_minutes": 0}, "hold_minutes is a whole number from 1 to 1,440$"),
        ({"hold_minutes": None}, "hold_minutes"),
        ({"hold_minutes": True}, "hold_minutes"),
        ({"hold_minutes": 15.0}, "hold_minutes"),
        ({"hold_minutes": "15"}, "hold_minutes"),
        ({"cancellation_fee_bps": 10_001}, "cancellation_fee_bps"),
        ({"no_show_fee_cents": -1}, "no_show_fee_cents"),
        ({"approval_minutes": 43_201}, "approval_minutes is a whole number from 1 to 43,200$"),
        ({"max_open_holds": 0}, "max_open_holds is a whole number from 1 to 32,767 or null"),
        ({"max_future_bookings": 0}, "max_future_bookings"),
        ({"max_reschedules": -1}, "max_reschedules"),
    ],
)
def test_overrides_that_do_not_fit_are_told_in_words(value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_overrides(value)


def test_an_override_stands_for_the_default_also_when_it_is_null_or_nothing(scope: Scope) -> None:
    defaults = Vertical(max_open_holds=3, no_show_fee_bps=10_000).policy_defaults()
    assert set(defaults) == set(POLICIES)
    changed = effective(defaults, {"max_open_holds": None, "no_show_fee_bps": 0, "hold_minutes": 5})
    assert changed == defaults | {"max_open_holds": None, "no_show_fee_bps": 0, "hold_minutes": 5}
    assert effective(defaults, {}) == defaults


def test_the_defaults_of_a_vertical_are_within_the_bounds(scope: Scope) -> None:
    for vertical in Vertical.objects.all():
        check_overrides(vertical.policy_defaults())


@pytest.mark.parametrize(
    ("total", "bps", "cents", "due"),
    [
        (7500, 5000, 0, 3750),
        (7500, 0, 2000, 2000),
        (7500, 5000, 500, 4250),
        (7500, 10_000, 500, 7500),
        (1, 5000, 0, 1),
        (3, 5000, 0, 2),
        (0, 10_000, 500, 0),
    ],
)
def test_fees(total: int, bps: int, cents: int, due: int) -> None:
    assert fee(total, bps=bps, cents=cents) == due


@given(prices, shares, prices)
def test_a_fee_is_exact_and_never_more_than_the_total(total: int, bps: int, cents: int) -> None:
    due = fee(total, bps=bps, cents=cents)
    exact = Fraction(total * bps, 10_000) + cents
    assert 0 <= due <= total
    assert due == total or -Fraction(1, 2) < due - exact <= Fraction(1, 2)
    assert due == total or due >= cents


@given(prices, shares, shares, prices, prices)
def test_who_asks_for_more_never_gets_less(total: int, one: int, other: int, flat: int, extra: int) -> None:
    low, high = sorted((one, other))
    assert fee(total, bps=low, cents=flat) <= fee(total, bps=high, cents=min(flat + extra, MAX_PRICE_CENTS))
