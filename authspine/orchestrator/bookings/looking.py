"""Journeys that only look: what can be booked, and what a booking's policy says."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from authspine.kernel import clock, tenancy
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.queries import Asked, Availability
from bookings.queries.slots import LONGEST_RANGE
from bookings.rules.terms import Terms
from services import queries as service_queries


def availability(
    *,
    from_at: datetime,
    to_at: datetime | None = None,
    services: Sequence[UUID] = (),
    professionals: Sequence[UUID] = (),
    timezone: str | None = None,
    first_free: int | None = None,
    explain: bool = False,
) -> Availability:
    """What can be booked: 1. the offers asked for, or all of these professionals; 2. their slots.

    With `first_free` the first so many slots from `from_at` on, within 92 days; with `explain` also the reason for each
    point of the grids that is none. Days are those of `timezone`, else of the one professional, else of the
    organization. Raises ServiceNotFound, ProfessionalNotFound, RangeTooLong, TooManySlots.
    """
    until = to_at or from_at + LONGEST_RANGE
    offers = booking_queries.offered_by(services, professionals, from_at, until)
    service_queries.check_asked(services, professionals, [(one.service.id, one.professional_id) for one in offers])
    zones = {one.offer.professional.timezone for one in offers}
    own = zones.pop() if len(zones) == 1 else tenancy.current().organization.timezone
    asked = Asked(from_at, until, timezone or own, first_free, explain)
    return booking_queries.available(offers, asked, now=clock.now())


def policy(booking_id: UUID, *, at: datetime | None = None) -> tuple[Booking, Terms, datetime]:
    """What a booking's policy says at an instant, or now: booking, terms, instant. Raises BookingNotFound."""
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    return booking, Terms(booking.policy, booking.session.starts_at, booking.total_cents, booking.currency), at or now
