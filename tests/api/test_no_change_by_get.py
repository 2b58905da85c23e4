"""(E10) Nothing is changed by GET or HEAD: not on any route of the API, the demo or the admin.

Every route of the URL table is asked for by both, with ids of rows that are there, also those that only take a form.
What all tables hold is the same afterwards, but for what tells of the reading itself.
"""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from tests import tables
from tests.admin.office import furnish, new_user, one, signed_in
from tests.api.routes import PREFIX, patterns
from tests.api.test_isolation import CASES, World, new_world, stored
from tests.demo.routes import ROUTES
from tests.demo.test_pages import address, one_of_everything
from tests.fixtures import Maker, new_organization

# Tables that any GET may write to: what it writes says who has read, and nothing else.
TELLS_OF_READING = {
    "identity_apikey": "when a key was used last",
    "audit_entry": "who has looked at whom",
    "limits_counter": "how often somebody asks",
}
# The route whose answer is a person's file: that somebody took it is an event of its own.
RECORDED = {"api/platform/clients/<id>/export"}

API = sorted({route for route, _ in patterns() if route.startswith(PREFIX)} - RECORDED)
ADMIN = sorted({route for route, _ in patterns() if route.startswith("admin")})
METHODS = ("GET", "HEAD")


def state(organization: Organization) -> dict[str, str]:
    """What every table holds, but for those that tell of reading."""
    return tables.state(organization, [name for name in tables.names() if name not in TELLS_OF_READING])


@pytest.fixture(scope="module")
def world() -> World:
    return new_world("unread")


@pytest.fixture(scope="module")
def shop() -> Maker:
    return Maker(new_organization(is_demo=True))


@pytest.fixture(scope="module")
def ids(shop: Maker) -> dict[str, Any]:
    return one_of_everything(shop)


@pytest.fixture(scope="module")
def furnished() -> Organization:
    organization = new_organization()
    furnish(organization)
    return organization


@pytest.fixture(scope="module")
def office(furnished: Organization) -> Browser:
    return signed_in(new_user(is_superuser=True), furnished)


def ask(browser: Browser, at: str) -> None:
    """By both methods, to the end of the answer."""
    for method in METHODS:
        response: Any = browser.generic(method, at)
        for _ in response.streaming_content if response.streaming else ():
            pass
        response.close()


def changed(browser: Browser, addresses: dict[str, str], organization: Organization) -> dict[str, list[str]]:
    """The routes by which a table has changed, with these tables. All are asked at first, which is quick."""
    before = state(organization)
    for at in addresses.values():
        ask(browser, at)
    if state(organization) == before:
        return {}
    found = {}
    for route, at in addresses.items():
        before = state(organization)
        ask(browser, at)
        after = state(organization)
        found[route] = [name for name in after if before[name] != after[name]]
    return {route: names for route, names in found.items() if names} or {"(some route, once)": []}


def of_api(route: str, world: World) -> str:
    """With the ids that the route's case names."""
    below = route.removeprefix(PREFIX).removeprefix("/")
    case = next((case for operation, case in CASES.items() if operation.partition(" ")[2] == below), None)
    kinds = [getattr(case, "kind", ""), getattr(case, "inner", "")]
    if "<slug>" in route:
        kinds = ["vertical"]
    for kind in filter(None, kinds):
        route = re.sub(r"<\w+>", world.ids[kind], route, count=1)
    return f"/{route}"


def test_e10_not_on_any_route_of_the_api(world: World) -> None:
    addresses = {route: of_api(route, world) for route in API}
    assert [at for at in addresses.values() if "<" in at] == []
    assert changed(world.api.http, addresses, world.organization) == {}


def test_e10_not_on_any_page_or_button_of_the_demo(shop: Maker, ids: dict[str, Any], settings: Settings) -> None:
    settings.DEMO = True
    settings.DEMO_ORGANIZATION = shop.organization.slug
    assert changed(Browser(), {name: address(name, ids) for name in ROUTES}, shop.organization) == {}


def of_admin(route: str, organization: Organization) -> str:
    """With the id of a row of the model that the route is about."""
    models = {f"{model._meta.app_label}/{model._meta.model_name}": model for model in admin.site._registry}
    about = models.get("/".join(route.split("/")[1:3]))
    row = one(organization, about).pk if about and "<" in route else ""
    return "/" + re.sub(r"<\w+>", str(row or "x"), route)


def test_e10_not_on_any_page_of_the_admin(office: Browser, furnished: Organization) -> None:
    addresses = {route: of_admin(route, furnished) for route in ADMIN}
    assert changed(office, addresses, furnished) == {}
    assert office.get("/admin/").status_code == 200, "still signed in"


def test_e10_a_recorded_read_adds_its_record_alone(world: World) -> None:
    at = f"/{PREFIX}/clients/{world.ids['client']}/export"
    assert changed(world.api.http, {"the file": at}, world.organization) == {"the file": ["analytics_analyticsevent"]}


def test_the_control_a_change_is_seen(world: World) -> None:
    before, rows = state(world.organization), stored(world)
    world.api.post("/clients", {"email": "new@example.com", "name": "New"})
    assert stored(world) != rows
    assert {name for name, found in state(world.organization).items() if before[name] != found} >= {"clients_client"}
