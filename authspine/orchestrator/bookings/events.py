"""What the journeys of a booking tell."""

from datetime import datetime
from typing import Any

from analytics import actions as event_actions
from authspine.kernel.actor import SYSTEM
from bookings.models import Booking


def _told(booking: Booking) -> dict[str, Any]:
    session = booking.session
    return {
        "bookingId": str(booking.id),
        "professionalId": str(session.professional_id),
        "serviceId": str(session.service_id),
        "amount": booking.total_cents,
    }


def record(verb: str, booking: Booking, *, now: datetime, **more: Any) -> None:
    """`booking.<verb>`, about the client."""
    event_actions.record(f"booking.{verb}", user=booking.client_id, data=_told(booking) | more, now=now)


def record_lapse(booking: Booking, *, now: datetime) -> None:
    """`booking.expired` or `booking.declined`, at the deadline, by the system, whoever happened to notice."""
    event_actions.record(
        f"booking.{booking.public_status}",
        user=booking.client_id,
        data=_told(booking),
        timestamp=booking.hold_expires_at,
        actor=str(SYSTEM),
        now=now,
    )
