"""The admin's first page: what comes next in the chosen organization."""

from typing import Any

from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.api.admin.seat import may, visible
from authspine.kernel import clock
from bookings import queries as booking_queries
from bookings.admin.bookings import TONES, reads_as
from bookings.models import Booking

MOST = 10


def overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The page's context, with the next bookings."""
    coming = visible(request, booking_queries.coming(clock.now()))[:MOST] if may(request, "bookings", "read") else []
    return context | {"coming": [_line(booking) for booking in coming]}


def _line(booking: Booking) -> dict[str, Any]:
    return {
        "starts": columns.show_link(booking, lambda row: columns.spoken(row.session.starts_at)),
        "client": columns.show_link(booking.client),
        "service": booking.session.service,
        "professional": booking.session.professional,
        "status": columns.show_state(reads_as(booking), TONES),
    }
