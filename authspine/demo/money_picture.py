"""Where the money is, as two bars of one length: what there is of it, and where it comes from. Drawn on the server.

Double entry makes the lengths equal: what is at Stripe, in hand, owed, given back and paid in fees is together what was
earned and what is held for clients. An account that holds the other sign than usual stands in the other bar.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from authspine.demo.words import ACCOUNTS
from payments.queries.books import AccountLine

WIDTH, HEIGHT = 720, 44


@dataclass(frozen=True, slots=True)
class Part:
    """One account's share of a bar."""

    account: str
    cents: int
    x: float
    width: float

    @property
    def label(self) -> str:
        return ACCOUNTS[self.account]


@dataclass(frozen=True, slots=True)
class Picture:
    """Both bars, in one currency."""

    currency: str
    total_cents: int
    is_in: list[Part]
    comes_from: list[Part]
    width: int = WIDTH
    height: int = HEIGHT


def draw(lines: Iterable[AccountLine], currency: str) -> Picture | None:
    """The bars of the accounts in this currency; None while they hold nothing."""
    held = {line.account: line.holds_cents for line in lines if line.currency == currency and line.holds_cents}
    total = sum(cents for cents in held.values() if cents > 0)
    if not total:
        return None
    debits = {account: cents for account, cents in held.items() if cents > 0}
    credits = {account: -cents for account, cents in held.items() if cents < 0}
    return Picture(currency, total, _bar(debits, total), _bar(credits, total))


def _bar(shares: dict[str, int], total: int) -> list[Part]:
    parts, x = [], 0.0
    for account, cents in shares.items():
        width = cents / total * WIDTH
        parts.append(Part(account, cents, round(x, 1), round(width, 1)))
        x += width
    return parts
