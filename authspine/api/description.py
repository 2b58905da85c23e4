"""How the API describes itself, in every installation: drf-spectacular's settings."""

from typing import Any, Final

DESCRIPTION: Final[dict[str, Any]] = {
    "TITLE": "Auth-spine",
    "DESCRIPTION": "Bookings and payments for any trade, with clients, professionals, services and analytics.",
    "OAS_VERSION": "3.1.0",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/platform",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "WayOfPaying": "payments.models.METHODS",
        "KeptOnFile": "payments.api.methods.KINDS",
        "WayOfConsent": "clients.api.SAID_BY",
        "KindOfQuestion": "professionals.rules.starting_points.QUESTION_TYPES",
    },
}
