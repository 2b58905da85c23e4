"""Money: whole minor units of one currency, never a float, never two currencies in one sum.

`amount_cents` counts the currency's smallest unit, whatever that is called: cents, yen (no decimals), fils (three).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from authspine.kernel import currencies

MAX_PRICE_CENTS = 99_999_999_99
WHOLE = 10_000  # basis points

_TYPED = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,4}))?")


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added, subtracted or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units and its ISO 4217 code; ValueError when it is neither. May be negative (a difference)."""

    amount_cents: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_cents) is not int:
            raise ValueError("an amount is a whole number of minor units")
        if not currencies.is_currency(self.currency):
            raise ValueError(f"{str(self.currency)[:20]!r} is not the ISO 4217 code of a currency in use")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The reverse of `as_json`; ValueError unless it has exactly those two keys, well formed."""
        if not isinstance(value, Mapping) or set(value) != {"amount_cents", "currency"}:
            raise ValueError('money is {"amount_cents": 7500, "currency": "USD"}')
        return cls(value["amount_cents"], value["currency"])

    def as_json(self) -> dict[str, int | str]:
        return {"amount_cents": self.amount_cents, "currency": self.currency}

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_cents + self._same_currency(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_cents - self._same_currency(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_cents < self._same_currency(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_cents <= self._same_currency(other)

    def share(self, basis_points: int) -> "Money":
        """So many hundredths of a percent of this amount, half a minor unit rounded up."""
        return Money(share_cents(self.amount_cents, basis_points), self.currency)

    def _same_currency(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add up")
        return other.amount_cents


def share_cents(amount_cents: int, basis_points: int) -> int:
    """`amount_cents * basis_points / 10,000`, exact, half rounded up: 2.9 % is 290 basis points."""
    return (amount_cents * basis_points + WHOLE // 2) // WHOLE


def is_price(amount_cents: int) -> bool:
    """Whether an amount is one that may be asked for: nothing, up to 99,999,999.99."""
    return 0 <= amount_cents <= MAX_PRICE_CENTS


def parse_money(text: str, currency: str) -> Money:
    """What a person typed as a price (`75`, `75.00`), in a currency; ValueError when it has too many decimals."""
    places = currencies.decimals(currency)
    typed = _TYPED.fullmatch(text.strip())
    if not typed or len(typed[2] or "") > places:
        raise ValueError(f"an amount in {currency} looks like {format_amount(7500 * 10**places, currency)}")
    return Money(int(typed[1] + (typed[2] or "").ljust(places, "0")), currency)


def format_amount(amount_cents: int, currency: str) -> str:
    """The bare amount in the major unit, without separators of thousands, as `parse_money` reads it: `75.00`."""
    places = currencies.decimals(currency)
    digits = str(abs(amount_cents)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if amount_cents < 0 else text


def format_money(money: Money) -> str:
    """An amount for people: `$75.00`, `¥7,500`, `-€5.00`, `CHF 1,234.50`."""
    whole, point, fraction = format_amount(abs(money.amount_cents), money.currency).partition(".")
    sign = "-" if money.amount_cents < 0 else ""
    return f"{sign}{currencies.prefix(money.currency)}{int(whole):,}{point}{fraction}"
