"""What every page has around it: the tabs, and in which zone times are shown."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

# The parts of the demo, in the order of the story: route, tab, label.
TABS = [
    ("demo:overview", "Overview"),
    ("demo:clients", "Clients"),
    ("demo:professionals", "Professionals"),
    ("demo:services", "Services"),
    ("demo:calendar", "Calendar"),
    ("demo:payments", "Payments"),
    ("demo:analytics", "Analytics"),
]


def frame(request: HttpRequest, tab: str = "") -> dict[str, Any]:
    """What every page has around it."""
    return {
        "visit": getattr(request, "visit", None),
        "tabs": TABS,
        "tab": f"demo:{tab}",
        "zone_name": timezone.get_current_timezone_name().replace("_", " "),
    }
