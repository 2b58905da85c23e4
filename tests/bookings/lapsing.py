"""Holds whose deadline has passed although nobody has looked, and what is known of them."""

from datetime import UTC, datetime, timedelta

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.models import Booking
from tests.studio import Studio


def lapsed_hold(studio: Studio, hour: int = 10) -> Booking:
    """Committed; its deadline was a minute ago."""
    with organization_scope(studio.organization, SYSTEM):
        held = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour))
        Booking.objects.filter(id=held.id).update(hold_expires_at=datetime.now(UTC) - timedelta(minutes=1))
    return held


def expired(organization: Organization) -> int:
    """How often it was told that a hold expired."""
    with organization_scope(organization, SYSTEM):
        return AnalyticsEvent.objects.filter(type="booking.expired").count()
