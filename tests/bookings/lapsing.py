"""Holds whose deadline has passed although nobody has looked, and what is known of them."""

from datetime import UTC, datetime, timedelta

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.models import Booking
from tests.studio import Studio


def lapsed_holds(studio: Studio, *hours: int) -> None:
    """Committed; the deadline of all was a minute ago. Made before any lapses: a hold expires those that have."""
    with organization_scope(studio.organization, SYSTEM):
        held = [
            bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour)).id
            for hour in hours
        ]
        Booking.objects.filter(id__in=held).update(hold_expires_at=datetime.now(UTC) - timedelta(minutes=1))


def expired(organization: Organization) -> int:
    """How often it was told that a hold expired."""
    with organization_scope(organization, SYSTEM):
        return AnalyticsEvent.objects.filter(type="booking.expired").count()
