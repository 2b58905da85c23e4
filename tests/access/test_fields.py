"""(E9) What each answer shows to whom, field by field: a list that is checked in, so that a new field is a decision.

After one: `WRITE_FIELDS=1` writes the list anew; read the difference before it is committed.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from authspine.identity import access
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.models import Booking
from clients.models import Client
from tests.access.people import House, by_link, keys, make_professional_of, new_user, session
from tests.access.test_api import CLOSED, VIEWS, address, real_ids
from tests.api.test_isolation import SPAN, new_world
from tests.rest import content

KEPT = Path(__file__).with_name("fields.json")
WHO = (access.OWNER, access.STAFF, access.READONLY, access.PROFESSIONAL, access.CLIENT, access.READ_KEY)
SECRETS = ("Pays late", "hands shake", "staff@house.test")
ASKED: dict[str, dict[str, str]] = {
    "availability": {"service": "{service}", **SPAN},
    "payments/statements": {"professional": "{professional}", **SPAN},
    "analytics/conversion": {"from_type": "newsletter.opened", "to_type": "payment.refunded"},
}
# Objects whose names are words of the house, or of what happened.
FREE = ("by_type", "changes", "data", "metadata", "modules", "preferences")
# Not of JSON objects with fields: files, each with a test of its own.
FILES = ("export", "analytics/export", "clients/<id>/export")


@pytest.fixture(scope="module")
def house() -> House:
    world = new_world("fields")
    booking, organization = UUID(world.ids["booking"]), world.organization
    users = {role: new_user(organization, role) for role in (access.OWNER, access.STAFF, access.READONLY)}
    professional = new_user(organization, access.PROFESSIONAL)
    with organization_scope(organization, SYSTEM):
        theirs = Booking.objects.select_related("session__professional").get(id=booking).session.professional
        bookings.cancel(booking, reason="ill")
        cancelled = Booking.objects.get(id=booking)
        cancelled.notes, cancelled.cancelled_by = "hands shake", "staff@house.test"
        cancelled.save()
        client = Client.objects.get(id=world.ids["client"])
        client.notes = "Pays late"
        client.save()
    make_professional_of(organization, theirs, professional)
    everybody = {role: session(user) for role, user in (users | {access.PROFESSIONAL: professional}).items()}
    return House(
        organization,
        keys(organization) | everybody | {access.CLIENT: by_link(organization, booking)},
        world.ids,
    )


def answer(house: House, who: str, route: str) -> Any:
    asked = {name: house.ids.get(value.strip("{}"), value) for name, value in ASKED.get(route, {}).items()}
    path = address(route, real_ids(route, house.ids)) if "<" in route else f"/{route}" if route else ""
    return house.api[who].get(path, **asked)


def everything(house: House, who: str) -> list[str]:
    """The text of every answer to a GET."""
    routes = [route for route in CLOSED if "get" in VIEWS[route].actions]
    return [content(answer(house, who, route)).decode(errors="ignore") for route in routes]


def paths(shown: Any, before: str = "") -> Iterator[str]:
    """The names of all fields, over dots; of the objects of a list together."""
    if isinstance(shown, dict):
        for name, inner in shown.items():
            yield before + name
            if name not in FREE:
                yield from paths(inner, f"{before}{name}.")
    elif isinstance(shown, list):
        for inner in shown:
            yield from paths(inner, before)


def fields(house: House) -> dict[str, dict[str, str]]:
    """By route: which fields are shown to whom, or the status of a refusal; those who see the same together."""
    found: dict[str, dict[str, str]] = {}
    for route in sorted(CLOSED):
        if "get" not in VIEWS[route].actions or route in FILES:
            continue
        by_answer: dict[str, list[str]] = {}
        for who in WHO:
            response = answer(house, who, route)
            names = " ".join(sorted(set(paths(response.json())))) if response.status_code == 200 else ""
            by_answer.setdefault(names or str(response.status_code), []).append(who)
        found[f"GET {route}"] = {", ".join(who): shown for shown, who in by_answer.items()}
    return found


def test_e9_the_fields_of_every_answer_are_those_of_the_list(house: House) -> None:
    found = fields(house)
    if os.environ.get("WRITE_FIELDS"):
        KEPT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    kept = json.loads(KEPT.read_text())
    assert found.keys() == kept.keys()
    for route, shown in found.items():
        assert shown == kept[route], route


@pytest.mark.parametrize("who", [access.PROFESSIONAL, access.CLIENT])
def test_e9_staffs_notes_and_addresses_are_shown_to_nobody_else(house: House, who: str) -> None:
    """Also in answers to what they do."""
    hidden = [secret for secret in SECRETS if (who, secret) != (access.PROFESSIONAL, "hands shake")]
    texts = [
        content(answer(house, who, route)).decode(errors="ignore") for route in CLOSED if "get" in VIEWS[route].actions
    ]
    booking = house.ids["booking"]
    for move, body in (("cancel", {}), ("reschedule", {"starts_at": "2027-03-01T10:00:00Z"})):
        texts.append(content(house.api[who].post(f"/bookings/{booking}/{move}", body)).decode(errors="ignore"))
    assert any(booking in text for text in texts), "they see something at all"
    assert not [text for text in texts for secret in hidden if secret in text]


def test_e9_the_owner_does_see_them(house: House) -> None:
    """The control."""
    texts = [
        content(answer(house, access.OWNER, route)).decode(errors="ignore")
        for route in CLOSED
        if "get" in VIEWS[route].actions
    ]
    for secret in SECRETS:
        assert any(secret in text for text in texts), secret


def test_no_answer_shows_what_opens_something(house: House) -> None:
    for shown in fields(house).values():
        for names in shown.values():
            assert not {"digest", "password", "data_key", "email_key", "tokens", "payment_account"} & {
                name.rpartition(".")[2] for name in names.split()
            }
