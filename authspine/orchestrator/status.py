"""The journey that tells how the platform is: each part is looked at, none is just said to be well."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from analytics import queries as event_queries
from analytics.queries import Filters
from authspine.kernel import catalog, clock
from bookings import queries as booking_queries
from clients import queries as client_queries
from professionals import queries as professional_queries
from services import queries as service_queries

MODULES = (
    *("audit", "privacy", "identity", "idempotency", "limits"),
    *("clients", "professionals", "services", "bookings", "payments", "analytics"),
)


def status() -> dict[str, Any]:
    """How the organization's platform is: 1. the database; 2. the modules; 3. the verticals; 4. how many of what.

    Runs inside a scope. A module is `ok` when the database has every table, constraint, index and policy that it
    promises; else it names what is missing. Counts are of what the lists show.
    """
    return {
        "version": settings.VERSION,
        "database": {"engine": connection.display_name, "version": _server_version()},
        "modules": modules(),
        "verticals": list(professional_queries.verticals().order_by("created_at", "id").values_list("slug", flat=True)),
        "counts": counts(),
    }


def modules() -> dict[str, str]:
    """The health of each module: `ok`, or what is missing."""
    lacking = catalog.missing(model for module in MODULES for model in apps.get_app_config(module).get_models())
    return {module: _health(module, lacking) for module in MODULES}


def counts() -> dict[str, int]:
    return {
        "clients": client_queries.present().count(),
        "professionals": professional_queries.present().count(),
        "services": service_queries.listed().count(),
        "bookings": booking_queries.listed(clock.now()).count(),
        "events": event_queries.matching(Filters()).count(),
    }


def _health(module: str, lacking: set[str]) -> str:
    own = set().union(*(catalog.promised(model) for model in apps.get_app_config(module).get_models())) & lacking
    return f"missing: {', '.join(sorted(own))}" if own else "ok"


def _server_version() -> str:
    return ".".join(map(str, connection.get_database_version()))
