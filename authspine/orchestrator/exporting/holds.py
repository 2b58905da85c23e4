"""Holds and requests that have run out before their rows know it."""

from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.rules.status import LAPSES, Status


def as_lapsed(booking: Booking) -> Booking:
    """The booking as its row will be: expired, or declined, at its deadline. Every export says the same, whenever the
    sweep comes."""
    booking.status = booking_queries.stored_status(LAPSES[Status(booking.public_status)])
    booking.closed_at = booking.hold_expires_at
    booking.updated_at = booking.hold_expires_at or booking.updated_at
    booking.version += 1
    return booking
