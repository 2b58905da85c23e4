"""Journeys of a professional: onboarding, verification, working time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.orchestrator import erasure
from authspine.orchestrator.withdrawal import withdraw
from bookings import queries as booking_queries
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.actions import DayHours, DayRanges, WeekWindow
from professionals.models import Professional, TimeOff, TravelPeriod
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
    """Delete a professional: 1. their offers end; 2. remove the services that nobody else offers, or withdraw those
    that were booked, each with `service.deactivated`; 3. make the record inactive when services or sessions stay,
    otherwise erase it with the row; 4. `professional.deleted`. Raises ProfessionalNotFound, ErasureListAway.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id)
    withdraw(professional, now=now)
    if service_queries.has_any(professional_id) or booking_queries.professional_has_any(professional_id):
        professional_actions.delete(professional, has_history=True, now=now)
    else:
        erasure.remove_professional(professional)
    told = {"professionalId": str(professional_id)}
    event_actions.record("professional.deleted", user=professional_id, data=told, now=now)


def set_working_hours(
    professional_id: UUID,
    *,
    timezone: str,
    weekly: Sequence[WeekWindow],
    overrides: Mapping[date, DayHours | DayRanges],
) -> Professional:
    """Replace a professional's hours: 1. find; 2. zone, weekly windows and overrides; 3. `professional.updated`.

    Raises Invalid, HoursOverlap, LocationNotFound.
    """
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


def travel(professional_id: UUID, **period: Any) -> TravelPeriod:
    """Enter where a professional works by another clock: 1. find; 2. the period; 3. `professional.updated`.

    Takes timezone, starts_on, ends_on and external_id. Raises Invalid, TravelOverlap.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id)
    period_of_travel = professional_actions.travel(professional, now=now, **period)
    _record_travel(professional, now)
    return period_of_travel


def end_travel(professional_id: UUID, travel_id: UUID) -> None:
    """Take a period of travel away: 1. find; 2. remove it; 3. `professional.updated`."""
    now = clock.now()
    professional = professional_queries.get(professional_id)
    professional_actions.end_travel(professional_queries.travel(professional, travel_id))
    _record_travel(professional, now)


def _record_travel(professional: Professional, now: datetime) -> None:
    told = {"professionalId": str(professional.id), "fields": ["travel"]}
    event_actions.record("professional.updated", user=professional.id, data=told, now=now)
