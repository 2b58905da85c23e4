"""Reads of payments (`intents`), and of the ledger and what it must say (`ledger`, `audits`, `statements`)."""

from payments.queries.intents import (
    UNKNOWN,
    due,
    get,
    get_method,
    get_refund,
    intents,
    live_intent,
    lock_booking,
    lock_intent,
    lost_refund,
    methods,
    refunds,
)

__all__ = [
    "UNKNOWN",
    "due",
    "get",
    "get_method",
    "get_refund",
    "intents",
    "live_intent",
    "lock_booking",
    "lock_intent",
    "lost_refund",
    "methods",
    "refunds",
]
