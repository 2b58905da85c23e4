"""What services take, and in how many statements it is read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel.tenancy import Scope
from authspine.orchestrator import professionals, services
from professionals.models import Professional
from services import queries
from services.actions.resources import Need
from services.models import Offer, Service
from tests.factories import OfferFactory, ResourceFactory, ServiceFactory


def test_requirements_come_with_their_options_in_order(scope: Scope) -> None:
    service, other = ServiceFactory.create_batch(2)
    one, two, laser = ResourceFactory.create_batch(3)
    services.require(service.id, [Need("room", [two.id, one.id]), Need("laser", [laser.id])])
    services.require(other.id, [Need("room", [one.id])])
    found = [
        (need.service_id, need.name, [option.resource for option in need.options.all()])
        for need in queries.requirements_of([service.id])
    ]
    assert found == [(service.id, "room", [two, one]), (service.id, "laser", [laser])]
    assert [need.resources for need in queries.requirements_of([service.id])] == [[two.id, one.id], [laser.id]]


@pytest.mark.parametrize("many", [1, 5])
def test_requirements_cost_the_same_for_few_and_many(scope: Scope, many: int) -> None:
    found: list[Service] = ServiceFactory.create_batch(many)
    rooms = [room.id for room in ResourceFactory.create_batch(many)]
    for service in found:
        services.require(service.id, [Need("room", rooms), Need("laser", rooms)])
    ids = [service.id for service in found]
    with CaptureQueriesContext(connection) as asked:
        for need in queries.requirements_of(ids):
            assert [option.resource.name for option in need.options.all()] == ["Room 1"] * many
    assert len(asked) == 2


def test_nothing_is_asked_for_nothing(scope: Scope) -> None:
    assert list(queries.requirements_of([])) == []


def test_a_professional_who_offers_only_what_is_another_s_can_go(scope: Scope) -> None:
    offer = OfferFactory()
    professionals.delete(offer.professional_id)
    assert not Professional.objects.filter(id=offer.professional_id).exists()
    assert Offer.objects.get(service=offer.service_id).professional_id == offer.service.professional_id
