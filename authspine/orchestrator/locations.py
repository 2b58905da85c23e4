"""Journeys of a location: opened, changed, deleted."""

from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.models import Location


def create(*, name: str, timezone: str, **optional: Any) -> Location:
    """Open a location: 1. the record; 2. `location.created`. Raises Invalid."""
    now = clock.now()
    location = professional_actions.open_location(name=name, timezone=timezone, now=now, **optional)
    event_actions.record("location.created", data={"locationId": str(location.id)}, now=now)
    return location


def update(location_id: UUID, **changes: Any) -> Location:
    """Change a location: 1. find; 2. change; 3. `location.updated` with the names of the fields. Raises Invalid."""
    now = clock.now()
    location = professional_queries.location(location_id)
    professional_actions.update_location(location, now=now, **changes)
    told = {"locationId": str(location_id), "fields": sorted(changes)}
    event_actions.record("location.updated", data=told, now=now)
    return location


def delete(location_id: UUID) -> None:
    """Delete a location: 1. find; 2. remove, or make inactive when anything refers to it; 3. `location.deleted`, when
    it changed.
    """
    now = clock.now()
    location = professional_queries.location(location_id)
    if professional_actions.delete_location(location, now=now):
        event_actions.record("location.deleted", data={"locationId": str(location_id)}, now=now)
