"""What services take, in the admin: each requirement is edited by itself, and the journey writes all of them."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import services
from services.actions.resources import Need
from services.errors import RequirementNotFound
from services.models import Option, Requirement, Service
from tests.admin.office import faults, member, one, page, rows, run, signed_in
from tests.fixtures import Maker, new_organization


@pytest.fixture
def browser(make: Maker) -> Browser:
    return signed_in(member(make.organization))


def taken(make: Maker, service: Service) -> list[tuple[str, list[str]]]:
    """The names of the needs, with those of what will do, as they are now."""
    options = sorted(rows(make.organization, "services.Option"), key=lambda one: one.position)
    names = {room.pk: room.name for room in rows(make.organization, "services.Resource")}
    needs = sorted(rows(make.organization, "services.Requirement"), key=lambda need: need.position)
    return [
        (need.name, [names[one.resource_id] for one in options if one.requirement_id == need.pk])
        for need in needs
        if need.service_id == service.pk
    ]


def equipped(make: Maker, *needs: str) -> Service:
    """A service that takes a thing of each of these names."""
    service: Service = make.service()
    made = [Need(name, [make.resource(name=name.title()).pk]) for name in needs]
    with organization_scope(make.organization, SYSTEM):
        services.require(service.pk, made)
    return service


def requirement(make: Maker, name: str) -> Any:
    return next(one for one in rows(make.organization, "services.Requirement") if one.name == name)


def test_one_is_added_after_the_others(make: Maker, browser: Browser) -> None:
    service, laser = equipped(make, "room"), make.resource(name="Laser")
    sent = {"service": service.pk, "name": "laser", "resources": [laser.pk]}
    assert browser.post(page(Requirement, "add"), sent).status_code == 302
    assert taken(make, service) == [("room", ["Room"]), ("laser", ["Laser"])]
    told = [one for one in rows(make.organization, "analytics.AnalyticsEvent") if one.type == "service.updated"]
    assert all(event.data["fields"] == ["requirements"] for event in told)


def test_one_is_changed_and_keeps_its_place_and_its_first_choice(make: Maker, browser: Browser) -> None:
    service, attic = equipped(make, "room", "laser"), make.resource(name="Attic")
    row = requirement(make, "room")
    with organization_scope(make.organization, SYSTEM):
        kept = Option.objects.get(requirement=row.pk).resource_id
    shown = browser.get(page(Requirement, "change", row.pk)).content.decode()
    assert "_continue" not in shown
    sent = {"name": "a room", "resources": [attic.pk, kept]}
    assert browser.post(page(Requirement, "change", row.pk), sent).status_code == 302
    assert taken(make, service) == [("a room", ["Room", "Attic"]), ("laser", ["Laser"])]


def test_one_is_removed_and_several_at_once(make: Maker, browser: Browser) -> None:
    service = equipped(make, "room", "laser", "chair", "lamp")
    assert browser.post(page(Requirement, "delete", requirement(make, "laser").pk), {"post": "yes"}).status_code == 302
    assert [name for name, _ in taken(make, service)] == ["room", "chair", "lamp"]
    gone = [requirement(make, name) for name in ("room", "lamp")]
    run(browser, Requirement, "delete_selected", *gone, post="yes")
    assert [name for name, _ in taken(make, service)] == ["chair"]


def test_what_was_changed_meanwhile_is_not_overwritten(make: Maker, browser: Browser) -> None:
    service = equipped(make, "room")
    stale = requirement(make, "room")
    with organization_scope(make.organization, SYSTEM):
        services.change_requirements(service.pk, lambda kept: [Need("other", one.resources) for one in kept])
    assert browser.post(page(Requirement, "change", stale.pk), {"name": "mine"}).status_code == 404
    with pytest.raises(RequirementNotFound), organization_scope(make.organization, SYSTEM):
        admin.site._registry[Requirement].update(stale, {"name": "mine"})  # type: ignore[attr-defined]
    assert [name for name, _ in taken(make, service)] == ["other"]


def test_a_change_begins_with_what_is_there_under_the_lock(make: Maker) -> None:
    """Otherwise, of two changes at once, the second would write the first one's old requirements back."""
    service = equipped(make, "room")
    with organization_scope(make.organization, SYSTEM), CaptureQueriesContext(connection) as captured:
        services.change_requirements(service.pk, lambda kept: [Need("other", one.resources) for one in kept])
    told = [query["sql"] for query in captured]
    locked = next(place for place, sql in enumerate(told) if "FOR" in sql and 'FROM "services_service"' in sql)
    read = next(place for place, sql in enumerate(told) if 'FROM "services_requirement"' in sql)
    assert locked < read


@pytest.mark.parametrize("resources", [[], ["nonsense"], ["00000000-0000-7000-8000-000000000000"]])
def test_what_cannot_be_chosen_is_told(make: Maker, browser: Browser, resources: list[str]) -> None:
    service = make.service()
    sent = {"service": service.pk, "name": "room", "resources": resources}
    assert set(faults(browser.post(page(Requirement, "add"), sent))) == {"resources"}
    assert taken(make, service) == []


def test_a_foreign_room_is_not_there(make: Maker, browser: Browser) -> None:
    theirs = Maker(new_organization()).resource()
    sent = {"service": make.service().pk, "name": "room", "resources": [theirs.pk]}
    assert set(faults(browser.post(page(Requirement, "add"), sent))) == {"resources"}


def test_a_service_takes_only_so_many_things(make: Maker, browser: Browser) -> None:
    service = equipped(make, *(f"thing {number}" for number in range(10)))
    sent = {"service": service.pk, "name": "one more", "resources": [make.resource().pk]}
    assert faults(browser.post(page(Requirement, "add"), sent)) == {"service": ["A service takes at most 10 things."]}


def test_an_option_says_where_it_is_changed(make: Maker, browser: Browser) -> None:
    equipped(make, "room")
    shown = browser.get(page(Option, "change", one(make.organization, Option).pk)).content.decode()
    assert "options are changed with their requirement" in shown
