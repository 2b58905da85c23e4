"""What an import makes of services: who offers them, what they take, and their ids."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from professionals.models import Location, Professional
from services.models import Offer, Requirement, Resource, Service
from tests.fixtures import new_organization
from tests.journeys.documents import USD, at, bring_in, copy, document, professional, refusals, resource, service
from tests.journeys.test_import_rules import check_refused_alone

DAY = {"weekday": 0, "start": "09:00", "end": "17:00"}
EURO = {"amount_cents": 500, "currency": "EUR"}
TWO = {"amount_cents": 2, "currency": "USD"}
OWN = {"id": "o1", "professional": "p1"}

# What is wrong with the second record of a kind, and the code that it is refused with.
FLAWS: list[tuple[str, dict[str, Any], str]] = [
    ("resources", {"name": ""}, "validation_error"),
    ("resources", {"timezone": "Mars/Olympus"}, "validation_error"),
    ("resources", {"active": 1}, "validation_error"),
    ("resources", {"hours": [DAY | {"weekday": 7}]}, "validation_error"),
    ("resources", {"hours": [DAY | {"start": "24:00"}]}, "validation_error"),
    ("resources", {"hours": [DAY | {"end": "9:00"}]}, "validation_error"),
    ("resources", {"hours": [DAY | {"note": ""}]}, "validation_error"),
    ("resources", {"hours": [DAY, DAY]}, "validation_error"),
    ("resources", {"downtimes": [{"id": "d", "starts_at": at(2), "ends_at": at(2)}]}, "validation_error"),
    ("resources", {"downtimes": [{"id": "d", "starts_at": at(1), "ends_at": at(2), "who": 1}]}, "validation_error"),
    ("services", {"location": "nowhere"}, "not_found"),
    ("services", {"policy": {"patience": 1}}, "validation_error"),
    ("services", {"policy": {"hold_minutes": 0}}, "validation_error"),
    ("services", {"policy": []}, "validation_error"),
    ("services", {"booking_limits": {"year": {"bookings": 1}}}, "validation_error"),
    ("services", {"slot_offset_minutes": 1440}, "validation_error"),
    ("services", {"requires_approval": "no"}, "validation_error"),
    ("services", {"bookable_from": "2026-02-30"}, "validation_error"),
    ("services", {"bookable_to": "9999-12-31"}, "validation_error"),
    ("services", {"bookable_from": "2026-09-02", "bookable_to": "2026-09-01"}, "validation_error"),
    ("services", {"offers": {}}, "validation_error"),
    ("services", {"offers": []}, "validation_error"),
    ("services", {"offers": [OWN | {"professional": "p2"}]}, "validation_error"),
    ("services", {"offers": [OWN, OWN | {"id": "o2"}]}, "validation_error"),
    ("services", {"offers": [OWN, OWN | {"professional": "p2"}]}, "validation_error"),
    ("services", {"offers": [OWN, {"id": "o2", "professional": "nobody"}]}, "not_found"),
    ("services", {"offers": [OWN | {"price": EURO}]}, "validation_error"),
    ("services", {"offers": [OWN | {"price": {"amount_cents": 1, **USD}}], "deposit": TWO}, "validation_error"),
    ("services", {"offers": [OWN | {"duration_minutes": 0}]}, "validation_error"),
    ("services", {"offers": [OWN | {"priority": -1}]}, "validation_error"),
    ("services", {"offers": [OWN | {"discount": 1}]}, "validation_error"),
    ("services", {"requirements": [{"id": "n", "resources": []}]}, "validation_error"),
    ("services", {"requirements": [{"id": "n"}]}, "validation_error"),
    ("services", {"requirements": [{"id": "n", "resources": ["m1", "m1"]}]}, "validation_error"),
    ("services", {"requirements": [{"id": "n", "resources": ["nowhere"]}]}, "not_found"),
    ("services", {"requirements": [{"id": "n", "resources": [1]}]}, "not_found"),
    ("services", {"requirements": [{"id": f"n{n}", "resources": ["m1"]} for n in range(11)]}, "validation_error"),
]


@pytest.mark.parametrize(("kind", "flaw", "code"), FLAWS)
def test_a_wrong_record_is_refused_alone(
    organization: Organization, kind: str, flaw: dict[str, Any], code: str
) -> None:
    check_refused_alone(organization, kind, flaw, code)


def offers(organization: Organization) -> list[tuple[Any, ...]]:
    with organization_scope(organization, SYSTEM):
        found = Offer.objects.order_by("priority").values_list(
            "external_id", "professional__external_id", "price_cents", "duration_minutes", "priority", "active"
        )
        return list(found)


def test_a_service_without_offers_is_offered_by_its_professional(organization: Organization) -> None:
    bring_in(organization, document())
    assert offers(organization) == [(None, "p1", None, None, 0, True)]
    assert bring_in(organization, document())["unchanged"]["services"] == 1
    assert len(offers(organization)) == 1


def test_offers_come_in_as_they_are_told(organization: Organization) -> None:
    own = {"id": "o1", "professional": "p1", "active": False}
    other = {"id": "o2", "professional": "p2", "price": {"amount_cents": 9000, **USD}, "duration_minutes": 45}
    told = [service(offers=[own, other | {"priority": 2}])]
    report = bring_in(organization, document(professionals=[professional(), professional("p2")], services=told))
    assert refusals(report) == []
    assert offers(organization) == [("o1", "p1", None, None, 0, False), ("o2", "p2", 9000, 45, 2, True)]


def test_requirements_keep_their_order(organization: Organization) -> None:
    rooms = [{"id": "n1", "name": "room", "resources": ["m2", "m1"]}, {"id": "n2", "resources": ["m1"]}]
    told = document(resources=[resource(), resource("m2")], services=[service(requirements=rooms)])
    assert refusals(bring_in(organization, told)) == []
    with organization_scope(organization, SYSTEM):
        needs = Requirement.objects.order_by("position")
        names = dict(Resource.objects.values_list("id", "external_id"))
        found = [(need.external_id, need.name, [names[one] for one in need.resources]) for need in needs]
    assert found == [("n1", "room", ["m2", "m1"]), ("n2", "", ["m1"])]


def test_a_location_that_is_here_is_referred_to(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        place = Location.objects.create(name="Studio", timezone="UTC")
    told = document(services=[service(location=str(place.id))])
    assert refusals(bring_in(organization, told)) == []
    with organization_scope(organization, SYSTEM):
        assert Service.objects.get().location_id == place.id
    assert refusals(bring_in(new_organization(), told))[0] == ("services", "s1", "not_found")


def test_what_refers_to_a_refused_resource_is_refused(organization: Organization) -> None:
    told = document(resources=[resource(name="")], services=[service(requirements=[{"id": "n", "resources": ["m1"]}])])
    assert refusals(bring_in(organization, told))[:2] == [
        ("resources", "m1", "validation_error"),
        ("services", "s1", "not_found"),
    ]


def test_ids_inside_are_the_organization_s_own(organization: Organization) -> None:
    """A copy in another organization of the installation has offers and requirements under ids of its own."""
    needs = [{"id": "01a20714-91af-71ac-8f24-8ecdeea3c4d5", "resources": ["m1"]}]
    bring_in(organization, document(services=[service(requirements=needs)]))
    source, other = copy(organization), new_organization()
    assert bring_in(other, source)["refused"] == []
    [here], [there] = source["services"], copy(other)["services"]
    assert here["requirements"][0]["id"] == needs[0]["id"] != there["requirements"][0]["id"]
    assert here["offers"][0]["id"] != there["offers"][0]["id"]
    assert bring_in(other, source)["unchanged"]["services"] == 1
    with organization_scope(other, SYSTEM):
        assert str(Professional.objects.get().id) == there["offers"][0]["professional"]
