"""Every page of the demo, light and dark, on a desk and on a phone: axe-core, sizes of targets, and a picture."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import payments
from tests.browser.accessibility import CONTRAST, DARK_RULES, RULES, overflows, picture, too_small, violations
from tests.browser.conftest import Opener, Site
from tests.demo.routes import PAGES, arguments
from tests.fixtures import Maker

LOOKS: dict[str, dict[str, bool]] = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"phone": True},
}
TOUCH, MOUSE = 44, 24


@pytest.fixture(scope="module")
def shown(site: Site) -> dict[str, Any]:
    """One of everything, with a long name here and there, and what addresses call it."""
    make = Maker(site.organization)
    professional = make.professional(name="Dr. Maximiliane von Hohenzollern-Sigmaringen", vertical="consulting")
    service = make.service(professional=professional, buffer_after_minutes=15, slot_interval_minutes=30)
    booking = make.booking(service=service, client=make.client(name="ياسمين حداد"))
    make.consent(client=booking.client)
    make.time_off(professional=professional)
    make.offer(service=service, professional=make.professional(name="Jo Second"), priority=2)
    calendar, room = make.holiday_calendar(), make.resource(name="The room with the long window", kind="room")
    make.closure(reason="Moving house")
    make.travel_period(professional=professional)
    make.downtime(resource=room)
    intent = payments.pay(site.organization, SYSTEM, booking=booking.id, method="invoice")
    return {
        "client_id": booking.client_id,
        "professional_id": professional.id,
        "service_id": service.id,
        "booking_id": booking.id,
        "intent_id": intent.id,
        "location_id": calendar.location_id,
        "resource_id": room.id,
    }


@pytest.mark.parametrize("looks", LOOKS)
def test_every_page(browse: Opener, shown: dict[str, Any], screenshots: Path, looks: str) -> None:
    page = browse(**LOOKS[looks])
    wrong: dict[str, list[str]] = {}
    for name in PAGES:
        if name == "events":  # a piece of the analytics page
            continue
        page.goto(reverse(f"demo:{name}", args=[shown[argument] for argument in arguments(name)]))
        picture(page, screenshots, f"page-{name}-{looks}")
        found = broken(page, looks) + too_small(page, TOUCH if looks == "phone" else MOUSE)
        wrong[name] = found + (["one has to scroll sideways"] if overflows(page) else [])
    assert {name: found for name, found in wrong.items() if found} == {}


def broken(page: Page, looks: str) -> list[str]:
    """Every rule in the light; otherwise those that the looks can break."""
    if looks == "dark":
        return violations(page, DARK_RULES)
    return violations(page, RULES, without=(CONTRAST,) if looks == "phone" else ())
