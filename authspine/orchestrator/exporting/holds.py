"""Holds that have run out before their rows know it."""

from bookings.models import Booking


def as_expired(booking: Booking) -> Booking:
    """The booking as its row will be: expired at its deadline. Every export says the same, whenever the sweep comes."""
    booking.status = Booking.Status.EXPIRED
    booking.closed_at = booking.hold_expires_at
    booking.updated_at = booking.hold_expires_at or booking.updated_at
    booking.version += 1
    return booking
