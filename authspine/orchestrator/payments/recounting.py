"""The whole story of a payment: what payments know of it, and the events that were told of it."""

from uuid import UUID

from analytics import queries as event_queries
from payments import queries as payment_queries
from payments.queries import stories
from payments.queries.stories import Line


def story(intent_id: UUID) -> list[Line]:
    """1. the payment; 2. its rows, and what the gateway told; 3. its events; oldest first. Raises IntentNotFound."""
    intent = payment_queries.get(intent_id)
    events = event_queries.of_payment(intent.id, client=intent.booking.client_id, since=intent.created_at)
    told = [Line(event.timestamp, "event", event.type, row=event) for event in events]
    return sorted([*stories.lines(intent), *told], key=lambda line: line.at)
