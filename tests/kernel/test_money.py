"""Money: whole minor units of one currency."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel import currencies, money
from authspine.kernel.money import CurrencyMismatchError, Money, format_money, parse_money

AMOUNTS = st.integers(-(10**15), 10**15)
CODES = st.sampled_from(sorted(currencies.CODES))


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (7500, "USD", "$75.00"),
        (7500, "JPY", "¥7,500"),
        (5, "EUR", "€0.05"),
        (-500, "EUR", "-€5.00"),
        (123450, "CHF", "CHF\N{NO-BREAK SPACE}1,234.50"),
        (1234567, "KWD", "KWD\N{NO-BREAK SPACE}1,234.567"),
        (0, "GBP", "£0.00"),
        (99_999_999_99, "USD", "$99,999,999.99"),
    ],
)
def test_an_amount_reads_as_people_write_it(amount: int, currency: str, shown: str) -> None:
    assert format_money(Money(amount, currency)) == shown


@pytest.mark.parametrize("code", ["usd", "US", "XXX", "XAU", "BTC", "HRK", "", "USDT", None, 840])
def test_only_currencies_in_use_are_money(code: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(100, code)


@pytest.mark.parametrize("amount", [1.0, "1", None, True, Decimal(1)])
def test_an_amount_is_a_whole_number(amount: int) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Money(amount, "USD")


def test_two_currencies_never_meet() -> None:
    for operation in ("__add__", "__sub__", "__lt__", "__le__"):
        with pytest.raises(CurrencyMismatchError):
            getattr(Money(100, "USD"), operation)(Money(100, "EUR"))


@pytest.mark.parametrize(
    "value", [{}, {"amount_cents": 1}, {"amount_cents": 1, "currency": "USD", "x": 1}, [1], "USD 1", None]
)
def test_json_has_exactly_two_keys(value: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="money is"):
        Money.from_json(value)


@given(AMOUNTS, CODES)
def test_json_gives_the_same_money_back(amount: int, code: str) -> None:
    assert Money.from_json(Money(amount, code).as_json()) == Money(amount, code)


@given(AMOUNTS, AMOUNTS, CODES)
def test_adding_and_taking_away_lose_nothing(one: int, other: int, code: str) -> None:
    assert (Money(one, code) + Money(other, code)) - Money(other, code) == Money(one, code)
    assert (Money(one, code) < Money(other, code)) == (one < other)
    assert (Money(one, code) <= Money(other, code)) == (one <= other)


@pytest.mark.parametrize(
    ("cents", "points", "share"), [(500, 290, 15), (499, 290, 14), (50, 100, 1), (49, 100, 0), (7500, 290, 218)]
)
def test_half_a_cent_is_rounded_up(cents: int, points: int, share: int) -> None:
    assert Money(cents, "USD").share(points) == Money(share, "USD")


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_is_the_exact_figure_half_up(cents: int, points: int) -> None:
    exact = Fraction(cents * points, 10_000) + Fraction(1, 2)
    expected = int((Decimal(exact.numerator) / exact.denominator).to_integral_value(ROUND_FLOOR))
    assert money.share_cents(cents, points) == expected <= cents


@given(st.integers(0, money.MAX_PRICE_CENTS), CODES)
def test_what_is_shown_in_a_form_is_read_back(cents: int, code: str) -> None:
    assert parse_money(money.format_amount(cents, code), code) == Money(cents, code)


@pytest.mark.parametrize(
    ("text", "code", "cents"),
    [("75", "USD", 7500), (" 75.5 ", "USD", 7550), ("75", "JPY", 75), ("1.234", "BHD", 1234), ("0", "EUR", 0)],
)
def test_a_typed_price(text: str, code: str, cents: int) -> None:
    assert parse_money(text, code) == Money(cents, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7,5", "USD"),
        ("75.001", "USD"),
        ("75.0", "JPY"),
        ("-1", "USD"),
        ("", "USD"),
        ("1e3", "USD"),
        ("١", "USD"),
        ("9" * 16, "USD"),
    ],
)
def test_a_price_that_nobody_meant_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValueError, match="an amount in"):
        parse_money(text, code)


def test_prices_have_bounds() -> None:
    assert [money.is_price(cents) for cents in (-1, 0, 99_999_999_99, 100_000_000_00)] == [False, True, True, False]


def test_every_sign_and_exception_is_of_a_known_currency() -> None:
    assert {"USD", "EUR", "JPY", "KWD"} <= currencies.CODES
    assert all(len(code) == 3 and code.isupper() for code in currencies.CODES)
    assert [code for code in currencies.CODES if currencies.decimals(code) == 3] != []
    assert set(currencies._DECIMALS) | set(currencies._SIGNS) <= currencies.CODES
