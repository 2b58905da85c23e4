"""Journeys of closures: dates on which the business, or one location, is closed."""

from datetime import date
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.models import Closure


def create(*, starts_on: date, ends_on: date, location: UUID | None = None, **optional: Any) -> Closure:
    """Close dates: 1. the location, if one is named; 2. the closure; 3. `closure.created`. Bookings stay.

    Optional: reason, external_id. Raises Invalid, LocationNotFound (field `location`).
    """
    now = clock.now()
    place = professional_queries.location(location, field="location") if location else None
    closure = professional_actions.close_dates(
        starts_on=starts_on, ends_on=ends_on, location=place, now=now, **optional
    )
    event_actions.record("closure.created", data={"closureId": str(closure.id)}, now=now)
    return closure


def delete(closure_id: UUID) -> None:
    """Open the dates again: 1. find; 2. remove; 3. `closure.deleted`."""
    now = clock.now()
    professional_actions.open_dates(professional_queries.closure(closure_id))
    event_actions.record("closure.deleted", data={"closureId": str(closure_id)}, now=now)
