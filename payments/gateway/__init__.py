"""Talks to Stripe, or to a server that speaks like it: the only package that imports `stripe`.

Never called inside a scope. Every call that changes something carries a key made of our own row's id and the step, so
that asking again, by the SDK or by us, is the same request and never a second charge. What Stripe says of a payment
comes as `Seen`: all of it, as it is now, so that nobody needs to know in which order it came about.
"""

from payments.gateway.balance import OtherCurrency, balance_of
from payments.gateway.client import check_configured, is_live, patience
from payments.gateway.customers import (
    Card,
    OnFile,
    Setup,
    customer,
    detach,
    forget_customer,
    is_kind,
    is_our_customer,
    look_at_setup,
    on_file,
    set_up,
)
from payments.gateway.history import events_since, intents_since
from payments.gateway.intents import Order, cancel, capture, check_ours, look, open_intent, pay
from payments.gateway.refunds import GivenBack, give_back
from payments.gateway.seen import Seen, SeenDispute, SeenRefund
from payments.gateway.webhooks import Told, signed_event

__all__ = [
    "Card",
    "GivenBack",
    "OnFile",
    "Order",
    "OtherCurrency",
    "Seen",
    "SeenDispute",
    "SeenRefund",
    "Setup",
    "Told",
    "balance_of",
    "cancel",
    "capture",
    "check_configured",
    "check_ours",
    "customer",
    "detach",
    "events_since",
    "forget_customer",
    "give_back",
    "intents_since",
    "is_kind",
    "is_live",
    "is_our_customer",
    "look",
    "look_at_setup",
    "on_file",
    "open_intent",
    "patience",
    "pay",
    "set_up",
    "signed_event",
]
