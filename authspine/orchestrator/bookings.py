"""Journeys of a booking: hold, confirm, cancel, complete, mark no-show, reschedule. All run inside a scope.

Each first queues up for the professional's calendar where it takes or frees time; holds that have lapsed there expire
on the way, each with its own event, dated at its deadline.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import SYSTEM
from bookings import actions as booking_actions
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.queries.slots import Availability
from clients import queries as client_queries
from services import queries as service_queries


def _told(booking: Booking) -> dict[str, Any]:
    session = booking.session
    return {
        "bookingId": str(booking.id),
        "professionalId": str(session.professional_id),
        "serviceId": str(session.service_id),
        "amount": booking.total_cents,
    }


def _record(verb: str, booking: Booking, *, now: datetime, **more: Any) -> None:
    event_actions.record(f"booking.{verb}", user=booking.client_id, data=_told(booking) | more, now=now)


def _lock_calendar(professional_id: UUID, *, now: datetime) -> None:
    """Take the calendar's lock; each hold that lapsed there has its `booking.expired`, dated at its deadline."""
    for booking in booking_actions.lock_calendar(professional_id, now=now):
        event_actions.record(
            "booking.expired",
            user=booking.client_id,
            data=_told(booking),
            timestamp=booking.hold_expires_at,
            actor=str(SYSTEM),
            now=now,
        )


def hold(
    *,
    client: UUID,
    service: UUID,
    starts_at: datetime,
    professional: UUID | None = None,
    notes: str = "",
    override: bool = False,
    external_id: str | None = None,
) -> Booking:
    """Hold a time: 1. who and what; 2. the calendar's lock; 3. may it be had; 4. the seat; 5. `booking.created`.

    With `override` (staff) any time that is free will do. Raises ClientNotFound, ServiceNotFound, NotOffered and the
    409s of `bookings.errors.REFUSALS`.
    """
    now = clock.now()
    who = client_queries.get(client, field="client")
    what = service_queries.get(service, field="service")
    booking_queries.check_offer(what, professional=professional)
    _lock_calendar(what.professional_id, now=now)
    booking_queries.check_start(what, starts_at, now=now, override=override)
    booking = booking_actions.hold(
        client=who, service=what, starts_at=starts_at, notes=notes, external_id=external_id, now=now
    )
    _record("created", booking, now=now)
    return booking


def confirm(booking_id: UUID) -> Booking:
    """Confirm a hold: 1. find; 2. held -> confirmed; 3. `booking.confirmed`. Raises InvalidTransition."""
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.confirm(booking, now=now)
    _record("confirmed", booking, now=now)
    return booking


def cancel(booking_id: UUID, *, reason: str = "") -> Booking:
    """Cancel: 1. find; 2. the calendar's lock; 3. -> cancelled, time free; 4. `booking.cancelled`.

    Raises InvalidTransition.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    _lock_calendar(booking.session.professional_id, now=now)
    booking_actions.cancel(booking, by=tenancy.current().actor.kind, reason=reason, now=now)
    _record("cancelled", booking, now=now)
    return booking


def complete(booking_id: UUID) -> Booking:
    """Complete: 1. find; 2. confirmed -> completed; 3. `booking.completed`. Raises InvalidTransition."""
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.complete(booking, now=now)
    _record("completed", booking, now=now)
    return booking


def mark_no_show(booking_id: UUID) -> Booking:
    """The client did not come: 1. find; 2. confirmed -> no_show; 3. `booking.no_show`. Raises InvalidTransition."""
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.mark_no_show(booking, now=now)
    _record("no_show", booking, now=now)
    return booking


def reschedule(booking_id: UUID, *, starts_at: datetime, override: bool = False) -> Booking:
    """Move a booking, same id: 1. find; 2. lock; 3. free the old time; 4. take the new; 5. `booking.rescheduled`.

    With `override` (staff) any time that is free will do, also of a service that is no longer offered.
    All or nothing: when the new time cannot be had, the old one is still the booking's. Raises InvalidTransition and
    the 409s of `bookings.errors.REFUSALS`.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    service = service_queries.get(booking.session.service_id)
    if not override:
        booking_queries.check_offer(service, professional=None)
    _lock_calendar(service.professional_id, now=now)
    booking = booking_actions.give_up_time(booking, now=now)
    booking_queries.check_start(service, starts_at, now=now, override=override)
    booking_actions.take_new_time(booking, service, starts_at, now=now)
    moved = booking_queries.get(booking_id, now=now)
    _record("rescheduled", moved, now=now, previousStart=booking.session.starts_at.isoformat())
    return moved


def availability(
    *,
    from_at: datetime,
    to_at: datetime,
    services: Sequence[UUID] = (),
    professionals: Sequence[UUID] = (),
    timezone: str | None = None,
) -> Availability:
    """What can be booked: 1. the services asked for, or all that these professionals offer; 2. their slots.

    Days are those of `timezone`, else of the one professional, else of the organization. Raises ServiceNotFound,
    ProfessionalNotFound, RangeTooLong.
    """
    asked = service_queries.asked_for(services, professionals)
    zones = {service.professional.timezone for service in asked}
    own = zones.pop() if len(zones) == 1 else tenancy.current().organization.timezone
    return booking_queries.available(asked, from_at, to_at, timezone=timezone or own, now=clock.now())


def expire_lapsed() -> int:
    """Sweep: 1. the professionals with lapsed holds; 2. each one's lock, which expires them. Gives their number."""
    now = clock.now()
    professionals = booking_queries.professionals_with_lapsed_holds(now)
    for professional_id in professionals:
        _lock_calendar(professional_id, now=now)
    return len(professionals)
