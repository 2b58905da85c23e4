"""What becomes of the money of a booking that is over: a job settles it, since no gateway is asked inside a scope."""

from collections.abc import Collection

from authspine.kernel import tenancy
from authspine.kernel.enqueue import enqueue
from bookings.models import Booking
from payments import queries as payment_queries


def follow_gone(bookings: Collection[Booking]) -> None:
    """Likewise for many that are gone, by one look at all of them."""
    for booking_id in payment_queries.with_money_left([booking.id for booking in bookings]) if bookings else ():
        enqueue("payments.settle_booking", organization=tenancy.organization_id(), booking=booking_id)


def follow(booking: Booking) -> None:
    """Have the money of a booking settled by what it has just become, if the gateway has any of it."""
    if payment_queries.needs_settling(booking.id, booking.public_status):
        enqueue("payments.settle_booking", organization=tenancy.organization_id(), booking=booking.id)
