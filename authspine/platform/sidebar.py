"""The admin's sidebar: the apps in the order of the story, each with the lists that the user may see."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static

from authspine.api.admin.seat import seat

# App, and for each of its lists an icon of Material Symbols. What is not named here stands at the end.
ORDER: dict[str, dict[str, str]] = {
    "bookings": {
        "Booking": "event_available",
        "IntakeAnswers": "quiz",
        "Session": "calendar_month",
        "Occupancy": "event_busy",
    },
    "clients": {"Client": "group", "Consent": "task_alt"},
    "professionals": {
        "Professional": "badge",
        "TimeOff": "beach_access",
        "WorkingHours": "schedule",
        "HoursOverride": "edit_calendar",
        "TravelPeriod": "flight",
        "Location": "location_on",
        "Closure": "door_front",
        "HolidayCalendar": "celebration",
        "Vertical": "category",
    },
    "services": {
        "Service": "sell",
        "Offer": "handshake",
        "Resource": "meeting_room",
        "Downtime": "build",
        "Requirement": "checklist",
        "Option": "rule",
    },
    "payments": {
        "PaymentIntent": "payments",
        "RefundRequest": "approval",
        "Refund": "undo",
        "Dispute": "gavel",
        "LedgerTransaction": "account_balance",
        "LedgerEntry": "receipt_long",
        "Alert": "notification_important",
        "PaymentMethod": "credit_card",
        "MethodSetup": "add_card",
        "Customer": "account_circle",
        "GatewayEvent": "sync_alt",
    },
    "analytics": {"AnalyticsEvent": "bolt"},
    "idempotency": {"KeyedRequest": "repeat_one"},
    "privacy": {"Erasure": "person_off"},
    "audit": {"AuditEntry": "history"},
    "identity": {
        "Organization": "apartment",
        "Membership": "group_add",
        "ApiKey": "key",
        "BookingLink": "link",
        "User": "person",
    },
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links, in Unfold's form."""
    home = {"title": "Overview", "icon": "home", "link": "/admin/"}
    return [{"items": [home]}, *map(_group, admin.site.get_app_list(request))]


def in_order(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Django's list of apps and models, in the order above instead of the alphabet's."""
    for app in apps:
        app["models"].sort(key=lambda model: _place(model["object_name"], ORDER.get(app["app_label"], {})))
    return sorted(apps, key=lambda app: _place(app["app_label"], ORDER))


def _place(name: str, order: Mapping[str, object]) -> int:
    return list(order).index(name) if name in order else len(order)


def stylesheet(request: HttpRequest) -> str:
    return static("platform/admin.css")


def icon(request: HttpRequest) -> str:
    return static("demo/mark.svg")


def script(request: HttpRequest) -> str:
    return static("platform/admin.js")


def shown_organization(request: HttpRequest) -> tuple[str, str] | None:
    """The label at the top of each page: whose data it shows, also where the sidebar is folded away."""
    found = seat(request)
    return (found.organization.name, "info") if found else None


def _group(app: dict[str, Any]) -> dict[str, Any]:
    icons = ORDER.get(app["app_label"], {})
    return {
        "title": app["name"],
        "separator": True,
        "items": [
            {"title": model["name"], "icon": icons.get(model["object_name"], "list"), "link": model["admin_url"]}
            for model in app["models"]
            if model["admin_url"]
        ],
    }
