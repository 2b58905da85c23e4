"""Payments: what was attempted, captured and given back, with what can be done about it; the ledger; what was told."""

from payments.admin import approvals, gateway, intents, ledger, methods, refunds

__all__ = ["approvals", "gateway", "intents", "ledger", "methods", "refunds"]
