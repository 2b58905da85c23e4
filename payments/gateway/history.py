"""What the gateway remembers, for those who compare: events and payments since a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from payments.gateway.client import as_found, services
from payments.gateway.seen import Seen, seen
from payments.gateway.webhooks import Told, told

MOST = 100  # on a page


def events_since(since: datetime) -> Iterator[Told]:
    """Every event since then, newest first (Stripe keeps them for 30 days). Raises GatewayUnavailable."""
    asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": MOST}
    gateway = services()
    with as_found():
        for event in gateway.events.list(asked).auto_paging_iter():
            yield told(event.to_dict())


def intents_since(since: datetime) -> Iterator[Seen]:
    """Every payment that was announced since then, newest first, without its refunds. Raises GatewayUnavailable."""
    asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": MOST}
    gateway = services()
    with as_found():
        for intent in gateway.payment_intents.list(asked).auto_paging_iter():
            yield seen(intent)
