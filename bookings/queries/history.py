"""Whether somebody, or something, has a past in the calendar, so that its row must stay."""

from uuid import UUID

from bookings.models import Occupancy, Session


def professional_has_any(professional_id: UUID) -> bool:
    """Whether there is a session of this professional, whoever's service it is of."""
    return Session.objects.filter(professional=professional_id).exists()


def resource_has_any(resource_id: UUID) -> bool:
    """Whether a booking occupies, or occupied until its end, this resource."""
    return Occupancy.objects.filter(subject=resource_id, active=True).exists()
