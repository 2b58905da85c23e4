"""Payments: what was attempted, captured and given back. History, except that money can be given back from here."""

from payments.admin import intents, methods, refunds

__all__ = ["intents", "methods", "refunds"]
