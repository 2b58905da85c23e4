"""Payments: what was attempted, captured and given back. History, except that money can be given back from here."""

from payments.admin import gateway, intents, ledger, methods, refunds

__all__ = ["gateway", "intents", "ledger", "methods", "refunds"]
