"""What is decided about money without a database: fees, moves of an intent, allowed methods, and the ledger's sums."""

from payments.rules.intents import (
    FEES,
    GATEWAY_METHODS,
    GONE,
    LIVE,
    MOVES,
    PAYABLE,
    Fee,
    IntentStatus,
    Method,
    can_move,
    fee,
    is_allowed,
    refundable_cents,
    sources,
)

__all__ = [
    "FEES",
    "GATEWAY_METHODS",
    "GONE",
    "LIVE",
    "MOVES",
    "PAYABLE",
    "Fee",
    "IntentStatus",
    "Method",
    "can_move",
    "fee",
    "is_allowed",
    "refundable_cents",
    "sources",
]
