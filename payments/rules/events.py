"""What is decided about an event of the gateway's without a database, by the facts that were kept of it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from authspine.kernel.money import Money

# What is about a payment, and what is about something put on file. Everything else is kept, and no business of ours.
PAYMENTS: Final = frozenset({"payment_intent", "charge", "refund", "dispute"})
SETUPS: Final = frozenset({"setup_intent"})

# These tell the amount that was asked for altogether; a refund's or a dispute's is its own.
_WHOLE: Final = frozenset({"payment_intent", "charge"})


def payment_of(facts: Mapping[str, Any]) -> str:
    """What the gateway calls the payment that an event is about, or nothing."""
    if facts.get("object") not in PAYMENTS:
        return ""
    return str(facts.get("id" if facts["object"] == "payment_intent" else "payment_intent", ""))


def owner_of(facts: Mapping[str, Any]) -> tuple[UUID, UUID] | None:
    """Organization and attempt, where an event itself says whose it is."""
    try:
        return UUID(facts["organization"]), UUID(facts["intent"])
    except (KeyError, ValueError):
        return None


def foreign(facts: Mapping[str, Any], *, is_live: bool, account: str) -> str:
    """Why an event cannot be about our money at all, in words, or nothing."""
    if bool(facts.get("livemode")) != is_live:
        return "Test money and real money were mixed up."
    if facts.get("account") and facts["account"] != account:
        return "This is about another account at the provider."
    return ""


def contradiction(facts: Mapping[str, Any], asked: Money) -> str:
    """What an event says otherwise than it was asked for, in words, or nothing."""
    currency = str(facts.get("currency") or asked.currency).upper()
    whole = facts.get("amount", asked.amount_cents) if facts.get("object") in _WHOLE else asked.amount_cents
    if (whole, currency) == (asked.amount_cents, asked.currency):
        return ""
    return f"The provider tells of {whole} {currency}, asked for were {asked.amount_cents} {asked.currency}."
