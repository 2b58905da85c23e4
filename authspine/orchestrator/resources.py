"""Journeys of a resource: added, changed, out of use for a while, deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.orchestrator.bookings.lapsing import lock_calendars
from bookings import queries as booking_queries
from services import queries as service_queries
from services.actions import resources as resource_actions
from services.models import Downtime, Resource


def _record(verb: str, resource_id: UUID, *, now: datetime, **more: Any) -> None:
    event_actions.record(f"resource.{verb}", data={"resourceId": str(resource_id)} | more, now=now)


def add(*, name: str, **optional: Any) -> Resource:
    """Add a resource: 1. the record; 2. `resource.created`. Optional: kind, timezone, hours, active, metadata,
    external_id. Raises Invalid.
    """
    now = clock.now()
    resource = resource_actions.add(name=name, now=now, **optional)
    _record("created", resource.id, now=now)
    return resource


def update(resource_id: UUID, **changes: Any) -> Resource:
    """Change a resource: 1. find; 2. change; 3. `resource.updated`, with the names of the fields."""
    now = clock.now()
    resource = resource_actions.update(service_queries.resource(resource_id), now=now, **changes)
    _record("updated", resource.id, fields=sorted(changes), now=now)
    return resource


def delete(resource_id: UUID) -> None:
    """Delete a resource: 1. find; 2. its calendar's lock, so that nobody takes it meanwhile; 3. remove, or make
    inactive when a service or a booking has it; 4. `resource.deleted`, when it changed.
    """
    now = clock.now()
    resource = service_queries.resource(resource_id)
    lock_calendars([resource_id], now=now)
    has_history = service_queries.is_required(resource) or booking_queries.resource_has_any(resource_id)
    if resource_actions.delete(resource, has_history=has_history, now=now):
        _record("deleted", resource_id, now=now)


def add_downtime(
    resource_id: UUID, *, starts_at: datetime, ends_at: datetime, reason: str = "", external_id: str | None = None
) -> Downtime:
    """Close a period of a resource: 1. find; 2. the period; 3. `resource.updated`."""
    now = clock.now()
    resource = service_queries.resource(resource_id)
    period = resource_actions.add_downtime(
        resource, starts_at=starts_at, ends_at=ends_at, reason=reason, external_id=external_id, now=now
    )
    _record("updated", resource.id, fields=["downtime"], now=now)
    return period


def end_downtime(resource_id: UUID, downtime_id: UUID) -> None:
    """Open a closed period again: 1. find; 2. remove it; 3. `resource.updated`."""
    now = clock.now()
    resource = service_queries.resource(resource_id)
    resource_actions.end_downtime(service_queries.downtime(resource, downtime_id))
    _record("updated", resource.id, fields=["downtime"], now=now)
