"""The inbox of the gateway's events: stored once each, before they are worked on. Global, so it needs no scope."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from authspine.kernel.enqueue import enqueue
from authspine.kernel.ids import new_id
from payments.gateway import Told
from payments.models import GatewayEvent

State = GatewayEvent.State


def receive(told: Told, *, now: datetime) -> bool:
    """Keep an event and have a worker look at it, both or neither; says whether it is news."""
    with transaction.atomic(durable=True):
        row = _row(told, now)
        stored = store([row])
        if stored:
            enqueue("payments.process_event", event=row.id)
    return bool(stored)


def keep(told: Collection[Told], *, now: datetime) -> int:
    """Keep those that are news, for whoever works on them; their number."""
    with transaction.atomic(durable=True):
        return store([_row(one, now) for one in told])


def store(rows: list[GatewayEvent]) -> int:
    """Of two who bring the same event at once one stores it, and the other waits for that."""
    wanted = {row.id for row in rows}
    GatewayEvent.objects.bulk_create(rows, ignore_conflicts=True)
    return GatewayEvent.objects.filter(id__in=wanted).count()


def _row(told: Told, now: datetime) -> GatewayEvent:
    whose: dict[str, Any] = {"livemode": told.livemode} | ({"account": told.account} if told.account else {})
    return GatewayEvent(
        id=new_id(),
        event_id=told.event_id,
        type=told.type,
        api_version=told.api_version,
        happened_at=told.happened_at,
        facts=told.facts | whose,
        received_at=now,
    )


def finish(event: GatewayEvent, state: str, *, now: datetime, detail: str = "") -> bool:
    """It is worked on: done, ignored or rejected. False if somebody else has finished it.

    Locks the event until the end of the transaction, so that what follows from it in the same one is done once.
    """
    waiting = GatewayEvent.objects.filter(id=event.id, state=State.RECEIVED)
    return bool(waiting.update(state=state, detail=detail[:300], done_at=now))
