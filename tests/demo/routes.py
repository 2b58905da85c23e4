"""Every route of the demo, read off the URL table, and which of them only take a form."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

ROUTES: dict[str, str] = {
    str(pattern.name): str(pattern.pattern)
    for resolver in get_resolver().url_patterns
    if isinstance(resolver, URLResolver) and resolver.namespace == "demo"
    for pattern in resolver.url_patterns
    if isinstance(pattern, URLPattern) and pattern.name
}

# Buttons: they change something, so a GET of them is refused.
BUTTONS = {
    "client-delete",
    "client-export",
    "consent-withdraw",
    "professional-verify",
    "professional-delete",
    "special-day-end",
    "time-off-end",
    "travel-end",
    "location-delete",
    "location-reopen",
    "closure-end",
    "holidays-end",
    "service-withdraw",
    "service-offer",
    "service-offer-end",
    "resource-delete",
    "resource-reuse",
    "downtime-end",
    "booking-link",
    "booking-unlink",
    "booking-confirm",
    "booking-approve",
    "booking-decline",
    "booking-complete",
    "booking-no-show",
    "booking-answers",
    "booking-cancel",
    "booking-pay",
    "payment-refund",
    "payment-ask",
    "payment-capture",
    "payment-cancel",
    "on-file-default",
    "on-file-remove",
}
PAGES = sorted(set(ROUTES) - BUTTONS)
FORMS = {
    "story",
    "zone",
    "client-new",
    "client-edit",
    "client-erase",
    "client-consents",
    "client-on-file",
    "professional-new",
    "professional-edit",
    "professional-hours",
    "professional-special-days",
    "professional-time-off",
    "professional-travel",
    "professional-cancel-day",
    "location-new",
    "location-edit",
    "closures",
    "holidays",
    "service-new",
    "service-edit",
    "service-offers",
    "service-needs",
    "resource-new",
    "resource",
    "resource-edit",
    "resource-hours",
    "calendar",
}


def arguments(name: str) -> list[str]:
    """What stands in the route's address: `client_id`, `on` ..."""
    return re.findall(r"<\w+:(\w+)>", ROUTES[name])
