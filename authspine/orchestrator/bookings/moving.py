"""The journey of a reschedule."""

from datetime import datetime
from uuid import UUID

from authspine.kernel import clock
from authspine.orchestrator.bookings import events
from authspine.orchestrator.bookings.lapsing import lock_calendars
from bookings import actions as booking_actions
from bookings import queries as booking_queries
from bookings.models import Booking


def reschedule(
    booking_id: UUID,
    *,
    starts_at: datetime,
    professional: UUID | None = None,
    override: bool = False,
    if_version: int | None = None,
) -> Booking:
    """Move a booking, same id: 1. find; 2. who gives it then; 3. the locks of both; 4. free the old time; 5. take the
    new; 6. `booking.rescheduled`.

    Without `professional` it stays with its own. With `override` (staff) any time that is free will do, also of a
    service that is no longer offered and against the booking's own policy. Price and policy stay as agreed. All or
    nothing: when the new time cannot be had, the old one is still the booking's. Raises InvalidTransition, Stale and
    the 409s of `bookings.errors`.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    session = booking.session
    candidate = booking_queries.candidate(
        session.service_id, professional=professional or session.professional_id, withdrawn=override
    )
    subjects = booking_queries.bound_subjects(session.id) | candidate.subjects | {session.professional_id}
    lock_calendars(subjects, now=now)
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.check_movable(booking, now=now, if_version=if_version)
    one = booking_queries.look_at(candidate, starts_at)
    if not override:
        booking_queries.check_offer(one)
        booking_actions.check_move_terms(booking, now=now)
    booking_actions.free_seat(booking.session_id)
    place = booking_queries.check_start(one, starts_at, now=now, override=override)
    booking_actions.take_new_time(booking, place, now=now)
    moved = booking_queries.get(booking_id, now=now)
    events.record("rescheduled", moved, now=now, **_before(booking))
    return moved


def _before(booking: Booking) -> dict[str, str]:
    return {
        "previousStart": booking.session.starts_at.isoformat(),
        "previousProfessionalId": str(booking.session.professional_id),
    }
