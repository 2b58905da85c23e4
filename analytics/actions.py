"""Recording of events: inside the transaction of the change, so that none is lost and none invented."""

from datetime import datetime
from typing import Any
from uuid import UUID

from analytics.models import AnalyticsEvent
from analytics.rules import event_types
from analytics.rules.nameless import nameless
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
    """Empty what events tell of a person; how many of callers' own. That they happened stays, under an id of nobody.

    What the platform's own events tell are ids, amounts and words of state; but an import may have brought some of
    their types that tell of anything, and of those stays what can name nobody.
    """
    families = "|".join(sorted(event_types.RESERVED_FAMILIES))
    about, platform = AnalyticsEvent.objects.filter(user=user), rf"^({families})\."
    for event in about.filter(type__regex=platform).iterator():
        kept = nameless(event.data)
        if (kept, event.session_id, event.external_id) != (event.data, "", None):
            about.filter(id=event.id).update(data=kept, session_id="", external_id=None, updated_at=now)
    return about.exclude(type__regex=platform).update(data={}, session_id="", external_id=None, updated_at=now)
