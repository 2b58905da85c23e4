"""Journeys of a professional: onboarding, verification, working time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.actions import DayRanges, Window
from professionals.models import Professional, TimeOff
from services import actions as service_actions
from services import queries as service_queries


def onboard(*, email: str, name: str, vertical: str, **optional: Any) -> Professional:
    """Onboard a professional: 1. the vertical; 2. the record, login and office hours; 3. `professional.created`.

    Raises Invalid, UnknownVertical, EmailExists.
    """
    now = clock.now()
    trade = professional_queries.vertical_in_body(vertical)
    professional = professional_actions.onboard(email=email, name=name, vertical=trade, now=now, **optional)
    told = {"professionalId": str(professional.id), "vertical": vertical}
    event_actions.record("professional.created", user=professional.id, data=told, now=now)
    return professional


def update(professional_id: UUID, *, vertical: str | None = None, **changes: Any) -> Professional:
    """Change a professional: 1. find; 2. change what is named, if anything is; 3. `professional.updated` with the names
    of the fields.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id)
    fields = sorted([*changes, *(["vertical"] if vertical is not None else [])])
    if not fields:
        return professional
    if vertical is not None:
        changes["vertical"] = professional_queries.vertical_in_body(vertical)
    professional_actions.update(professional, now=now, **changes)
    told = {"professionalId": str(professional.id), "fields": fields}
    event_actions.record("professional.updated", user=professional.id, data=told, now=now)
    return professional


def verify(professional_id: UUID) -> Professional:
    """Verify a professional: 1. find; 2. set verified_at once; 3. `professional.verified`, when it changed."""
    now = clock.now()
    professional = professional_queries.get(professional_id)
    if professional_actions.verify(professional, now=now):
        told = {"professionalId": str(professional.id)}
        event_actions.record("professional.verified", user=professional.id, data=told, now=now)
    return professional


def delete(professional_id: UUID) -> None:
    """Delete a professional: 1. find; 2. remove the services, or withdraw those that were booked, each with
    `service.deactivated`; 3. remove the record, or make it inactive when services stay; 4. `professional.deleted`.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id)
    for service in service_actions.remove_all(professional_id, now=now):
        sold = {"serviceId": str(service.id), "professionalId": str(professional_id)}
        event_actions.record("service.deactivated", user=professional_id, data=sold, now=now)
    professional_actions.delete(professional, has_history=service_queries.has_any(professional_id), now=now)
    told = {"professionalId": str(professional_id)}
    event_actions.record("professional.deleted", user=professional_id, data=told, now=now)


def set_working_hours(
    professional_id: UUID, *, timezone: str, weekly: Sequence[Window], overrides: dict[date, DayRanges]
) -> Professional:
    """Replace a professional's hours: 1. find; 2. zone, weekly windows and overrides; 3. `professional.updated`."""
    now = clock.now()
    professional = professional_queries.get(professional_id)
    professional_actions.set_working_hours(professional, timezone=timezone, weekly=weekly, overrides=overrides, now=now)
    told = {"professionalId": str(professional.id), "fields": ["working_hours"]}
    event_actions.record("professional.updated", user=professional.id, data=told, now=now)
    return professional


def take_time_off(
    professional_id: UUID, *, starts_at: datetime, ends_at: datetime, reason: str = "", external_id: str | None = None
) -> TimeOff:
    """Close a period of a professional's calendar: 1. find; 2. the period; 3. `professional.updated`."""
    now = clock.now()
    professional = professional_queries.get(professional_id)
    period = professional_actions.take_time_off(
        professional, starts_at=starts_at, ends_at=ends_at, reason=reason, external_id=external_id, now=now
    )
    told = {"professionalId": str(professional.id), "fields": ["time_off"]}
    event_actions.record("professional.updated", user=professional.id, data=told, now=now)
    return period


def end_time_off(professional_id: UUID, time_off_id: UUID) -> None:
    """Open a closed period again: 1. find; 2. remove it; 3. `professional.updated`."""
    now = clock.now()
    professional = professional_queries.get(professional_id)
    professional_actions.end_time_off(professional_queries.time_off(professional, time_off_id))
    told = {"professionalId": str(professional.id), "fields": ["time_off"]}
    event_actions.record("professional.updated", user=professional.id, data=told, now=now)
