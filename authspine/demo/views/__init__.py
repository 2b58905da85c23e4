"""The pages of the demo. A view reads in one scope, or runs one journey, and answers; rules live elsewhere."""

from authspine.demo.views import (
    analytics,
    bookings,
    calendar,
    clients,
    days,
    offers,
    overview,
    payments,
    places,
    professionals,
    resources,
    services,
    story,
    working_time,
    zones,
)

__all__ = [
    "analytics",
    "bookings",
    "calendar",
    "clients",
    "days",
    "offers",
    "overview",
    "payments",
    "places",
    "professionals",
    "resources",
    "services",
    "story",
    "working_time",
    "zones",
]
