"""Payments as rows: attempts and refunds, what is on file, the ledger, and what the gateway told."""

from payments.models.approvals import RefundRequest
from payments.models.events import Alert, GatewayEvent
from payments.models.intents import Dispute, PaymentIntent, Refund
from payments.models.ledger import LedgerEntry, LedgerTransaction
from payments.models.methods import METHODS, Customer, MethodSetup, PaymentMethod

__all__ = [
    "METHODS",
    "Alert",
    "Customer",
    "Dispute",
    "GatewayEvent",
    "LedgerEntry",
    "LedgerTransaction",
    "MethodSetup",
    "PaymentIntent",
    "PaymentMethod",
    "Refund",
    "RefundRequest",
]
