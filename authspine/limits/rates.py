"""How often what may be done: one table, which RATE_LIMITS changes by the names of its rows.

A limit counts whoever calls (a key, a user, an account that somebody tries to enter), and in the same breath their
organization and their address, which may do so several times as often: many keys, or many accounts tried from one
address, do not multiply it. What one of the three refuses is not counted for the other two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, parse

OFF: Final = "off"
# In RATE_LIMITS, for all rows that are not named themselves.
EVERY: Final = "every"


@dataclass(frozen=True)
class Rate:
    """A limit of each caller, and how many times of it their organization and their address may do."""

    each: str
    organization: int = 5
    address: int = 5


DEFAULTS: Final[Mapping[str, Rate]] = {
    # Requests of the API with a key or a session, and pages that are looked at.
    "read": Rate("600/minute"),
    "search": Rate("300/minute"),  # availability, `?search=`, reports
    "write": Rate("300/minute"),
    "hold": Rate("120/minute"),
    "money": Rate("60/minute", organization=10),
    "export": Rate("30/minute"),  # and imports
    # By address alone: who brings no key or session, who brings a wrong one, and what the provider sends.
    "anonymous": Rate("120/minute", address=1),
    "refused": Rate("60/minute", address=1),
    "webhook": Rate("3000/minute", address=1),
    # By address alone as well: what a stranger makes us keep by a look, which is a session with a passkey's challenge.
    "challenge": Rate("60/5minutes", address=1),
    # What is posted to the pages of the admin and of the demo.
    "page": Rate("120/minute"),
    # Tries to enter an account, codes tried there, and messages that somebody makes us send to it.
    "login": Rate("10/15minutes"),
    "code": Rate("5/5minutes"),
    "mail": Rate("5/hour", organization=20),
}
# Counted in the database also where there is a Redis: one that loses what it has counted opens none of these.
STRICT: Final = frozenset({"money", "login", "code", "mail"})

Limits = Mapping[str, Mapping[str, RateLimitItem]]


def limits(told: str = "") -> Limits:
    """Each row's limits of a caller (``), of an `organization` and of an `address`; `told` is RATE_LIMITS.

    Nothing where it is `off`. Raises ValueError, in words.
    """
    if told == OFF:
        return {}
    said = dict(_said(entry) for entry in told.split(",") if entry.strip())
    if unknown := said.keys() - DEFAULTS.keys() - {EVERY}:
        raise ValueError(f"there is no limit {min(unknown)!r}; there are {', '.join(DEFAULTS)} and {EVERY}")
    return {name: _row(rate, said.get(name, said.get(EVERY, rate.each))) for name, rate in DEFAULTS.items()}


def _said(entry: str) -> tuple[str, str]:
    name, _, rate = entry.partition("=")
    return name.strip(), rate.strip()


def _row(rate: Rate, each: str) -> Mapping[str, RateLimitItem]:
    try:
        item = parse(each)
    except ValueError:
        raise ValueError(f"{each!r} is no limit such as 600/minute or 10/15minutes") from None
    return {
        "": item,
        "organization": type(item)(item.amount * rate.organization, item.multiples),
        "address": type(item)(item.amount * rate.address, item.multiples),
    }
