"""Recording of events: inside the transaction of the change, so that none is lost and none invented."""

from datetime import datetime
from typing import Any
from uuid import UUID

from analytics.models import AnalyticsEvent
from analytics.rules import event_types
from authspine.kernel import tenancy
from authspine.kernel.inserting import insert
from authspine.kernel.validation import check_fields


def record(
    type: str,
    *,
    now: datetime,
    user: UUID | None = None,
    data: dict[str, Any] | None = None,
    timestamp: datetime | None = None,
    actor: str | None = None,
    session_id: str = "",
    external_id: str | None = None,
) -> AnalyticsEvent:
    """Write one event. `user` is whom it is about; the actor is the scope's unless it was somebody else's doing.

    `timestamp` is when it happened (now, if absent). Raises Invalid.
    """
    event = AnalyticsEvent(
        type=type,
        timestamp=timestamp or now,
        user=user,
        actor=str(tenancy.current().actor) if actor is None else actor,
        session_id=session_id,
        data=data or {},
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(event)
    insert(event)
    return event


def forget(user: UUID, *, now: datetime) -> int:
    """Empty what callers' own events tell of a person; how many. That they happened stays, under an id of nobody.

    What the platform's own events tell are ids, amounts and words of state.
    """
    families = "|".join(sorted(event_types.RESERVED_FAMILIES))
    own = AnalyticsEvent.objects.filter(user=user).exclude(type__regex=rf"^({families})\.")
    return own.update(data={}, session_id="", external_id=None, updated_at=now)
