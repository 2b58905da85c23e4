"""Journeys of a booking's self-service link."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from authspine.identity import links
from authspine.identity.models import BookingLink
from authspine.kernel import clock, tenancy
from bookings import queries as booking_queries


def link(booking_id: UUID) -> tuple[BookingLink, str]:
    """Make a link for the client: 1. find; 2. good until some days after the booking. Gives it with its token, once.

    Raises BookingNotFound.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    ends = max(booking.session.ends_at, now) + timedelta(days=settings.LINK_DAYS)
    organization = tenancy.current().organization
    return links.make(organization, booking=booking.id, client=booking.client_id, expires_at=ends)


def unlink(booking_id: UUID) -> int:
    """Take the links of a booking back: 1. find; 2. revoke. How many there were. Raises BookingNotFound."""
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    return links.revoke(tenancy.current().organization, booking.id, now=now)
