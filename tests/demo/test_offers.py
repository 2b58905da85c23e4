"""Who offers a service in the demo, and which rooms and equipment it takes."""

from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from services import queries as service_queries
from services.models import Downtime, Offer, Resource, Service
from tests.demo.test_calendar import free, week
from tests.demo.visitor import Visitor, fault, said, value
from tests.factories import hour
from tests.fixtures import Maker


def test_somebody_else_offers_it_on_their_own_terms(visitor: Visitor, make: Maker) -> None:
    service, other = make.service(), make.professional(name="Jo Second")
    terms = {"professional": other.id, "price": "99", "duration_minutes": 90, "priority": 3, "active": "yes"}
    page = visitor.press("service-offers", service.id, **terms)
    assert "The offer is saved." in said(page)
    assert "$99.00, 1 h 30 min, place 3 in line" in page
    page = visitor.open("service-offers", service.id, professional=other.id)
    assert (value(page, "price"), value(page, "priority")) == ("99.00", "3")
    page = visitor.press("service-offers", service.id, professional=other.id, price="", priority=0, active="no")
    with organization_scope(visitor.organization, SYSTEM):
        offer = Offer.objects.get(professional=other)
    assert (offer.price_cents, offer.duration_minutes, offer.priority, offer.active) == (None, None, 0, False)
    assert "taken back" in said(visitor.press("service-offer-end", service.id, other.id))


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("professional", "", "Choose who offers it."),
        ("price", "a lot", "Enter an amount such as 45.00."),
        ("price", "1", "The price of an offer cannot be less than the deposit of its service."),
        ("duration_minutes", "1441", "Ensure this value is less than or equal to 1440."),
        ("priority", "-1", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_wrong_terms_stand_beside_their_field(visitor: Visitor, make: Maker, field: str, wrong: str, told: str) -> None:
    service, other = make.service(deposit=Money(500, "USD")), make.professional()
    terms = {"professional": other.id, "price": "99", "priority": 3, "active": "yes"} | {field: wrong}
    page = visitor.press("service-offers", service.id, **terms)
    assert fault(page, field) == told
    assert value(page, "price") == terms["price"]


def test_the_own_offer_stays(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    assert "always has an offer" in said(visitor.press("service-offer-end", service.id, service.professional_id))


def needs(visitor: Visitor, service: Service) -> list[tuple[str, list[Any]]]:
    with organization_scope(visitor.organization, SYSTEM):
        return [(need.name, need.resources) for need in service_queries.requirements_of([service.id])]


def test_one_of_two_rooms_and_the_laser(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    first, second, laser = (make.resource(name=name) for name in ("Room 1", "Room 2", "Laser"))
    fields = {"need0_name": "A room", "need0_0": second.id, "need0_1": first.id, "need1_0": laser.id}
    page = visitor.press("service-needs", service.id, **fields)
    assert "Saved." in said(page)
    assert needs(visitor, service) == [("A room", [second.id, first.id]), ("", [laser.id])]
    assert value(page, "need0_name") == "A room"
    assert 'name="need2_0"' in page
    # While the laser is out of use, the time is not free.
    assert hour(12).isoformat() in free(week(visitor, service=service.id))
    make.downtime(resource=laser)
    shown = week(visitor, service=service.id)
    assert hour(12).isoformat() not in free(shown)
    assert "a room or equipment is in use" in shown
    visitor.press("service-needs", service.id, need0_name="")
    assert needs(visitor, service) == []


def test_what_is_wrong_with_a_need_stands_beside_it(visitor: Visitor, make: Maker) -> None:
    service, room = make.service(), make.resource()
    page = visitor.press("service-needs", service.id, need0_name="A room")
    assert fault(page, "need0_0") == "Choose what will do, or clear the name."
    assert value(page, "need0_name") == "A room"
    page = visitor.press("service-needs", service.id, need0_0=room.id, need0_2=room.id)
    assert fault(page, "need0_2") == "This one is named already."
    page = visitor.press("service-needs", service.id, need0_0="a room")
    assert fault(page, "need0_0") == "Choose a resource from the list."
    assert needs(visitor, service) == []


def test_a_need_for_what_is_out_of_use_is_told_beside_it(visitor: Visitor, make: Maker) -> None:
    service, room, spare = make.service(), make.resource(), make.resource(name="Spare")
    visitor.press("service-needs", service.id, need0_0=room.id)
    visitor.press("resource-delete", room.id)
    page = visitor.press("service-needs", service.id, need0_0=spare.id, need1_0=room.id)
    assert fault(page, "need1_0") == "This resource is not in use any more."


def test_a_resource_is_added_changed_and_deleted(visitor: Visitor) -> None:
    page = visitor.press("resource-new", name="Room 1", kind="room", timezone="Europe/Berlin")
    assert "Added: Room 1" in said(page)
    with organization_scope(visitor.organization, SYSTEM):
        room = Resource.objects.get()
    page = visitor.press("resource-edit", room.id, name="Room 2", kind="room", timezone="UTC")
    assert "Room 2</h1>" in page
    assert fault(visitor.press("resource-edit", room.id, name="", timezone="UTC"), "name") == "Enter what it is called."
    page = visitor.press("resource-hours", room.id, day0_0_start="09:00", day0_0_end="12:00")
    assert value(page, "day0_0_end") == "12:00"
    overlapping = {"day0_0_start": "09:00", "day0_0_end": "12:00", "day0_1_start": "11:00", "day0_1_end": "13:00"}
    assert "two windows of a week cannot overlap" in said(visitor.press("resource-hours", room.id, **overlapping))
    assert "1 window a week" in visitor.open("resources")
    assert "No rooms and no equipment yet" in visitor.press("resource-delete", room.id)


def test_a_resource_that_is_needed_goes_out_of_use_and_comes_back(visitor: Visitor, make: Maker) -> None:
    service, room = make.service(), make.resource()
    visitor.press("service-needs", service.id, need0_0=room.id)
    assert "Out of use</span>" in visitor.press("resource-delete", room.id)
    assert "In use again." in said(visitor.press("resource-reuse", room.id))


def test_downtime_comes_and_goes(visitor: Visitor, make: Maker) -> None:
    room = make.resource()
    period = {"starts_at": "2030-01-15T09:00", "ends_at": "2030-01-15T17:00", "reason": "Repair"}
    page = visitor.press("resource", room.id, **period)
    assert "Out of use in that period." in said(page)
    assert "Repair" in page
    wrong = visitor.press("resource", room.id, **period | {"ends_at": "2030-01-15T08:00"})
    assert fault(wrong, "ends_at") == "The end must be after the start."
    with organization_scope(visitor.organization, SYSTEM):
        downtime = Downtime.objects.get()
    assert "It can be had again." in said(visitor.press("downtime-end", room.id, downtime.id))
