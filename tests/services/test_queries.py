"""What the booking engine asks of services, each with its number of statements."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from authspine.orchestrator import professionals, services
from professionals.models import Professional
from services import queries
from services.actions.resources import Need
from services.models import Service
from tests.factories import OfferFactory, ProfessionalFactory, ResourceFactory, ServiceFactory


def people(found: Iterable[Any]) -> list[tuple[UUID, UUID]]:
    return [(offer.service_id, offer.professional_id) for offer in found]


def test_offers_come_by_service_then_priority_then_professional(scope: Scope) -> None:
    first, second = sorted(ServiceFactory.create_batch(2), key=lambda service: service.id)
    twins = sorted(ProfessionalFactory.create_batch(2), key=lambda professional: professional.id)
    for twin in reversed(twins):
        services.offer(first.id, twin.id, priority=5)
    favourite = OfferFactory(service=second, priority=0)
    services.offer(second.id, second.professional_id, priority=1)
    ServiceFactory()
    assert people(queries.offers_of([second.id, first.id])) == [
        (first.id, first.professional_id),
        *((first.id, twin.id) for twin in twins),
        (second.id, favourite.professional_id),
        (second.id, second.professional_id),
    ]


def test_offers_that_are_inactive_or_of_who_has_gone_are_none(scope: Scope) -> None:
    service = ServiceFactory()
    inactive = OfferFactory(service=service, active=False)
    gone = OfferFactory(service=service)
    # Written past the journey, which would have ended the offer too.
    Professional.objects.filter(id=gone.professional_id).update(deleted_at=clock.now())
    assert people(queries.offers_of([service.id])) == [(service.id, service.professional_id)]
    services.offer(service.id, inactive.professional_id)
    assert len(queries.offers_of([service.id])) == 2


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
def test_what_the_engine_asks_costs_the_same_for_few_and_many(scope: Scope, many: int) -> None:
    found: list[Service] = ServiceFactory.create_batch(many)
    rooms = [room.id for room in ResourceFactory.create_batch(many)]
    for service in found:
        OfferFactory.create_batch(many, service=service)
        services.require(service.id, [Need("room", rooms), Need("laser", rooms)])
    ids = [service.id for service in found]
    with CaptureQueriesContext(connection) as asked:
        for offer in queries.offers_of(ids):
            assert (offer.service.name, offer.professional.vertical.slug) == ("Consultation", "consulting")
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        for need in queries.requirements_of(ids):
            assert [option.resource.name for option in need.options.all()] == ["Room 1"] * many
    assert len(asked) == 2


def test_nothing_is_asked_for_nothing(scope: Scope) -> None:
    assert list(queries.offers_of([])) == []
    assert list(queries.requirements_of([])) == []


def test_a_professional_who_offers_only_what_is_another_s_can_go(scope: Scope) -> None:
    offer = OfferFactory()
    professionals.delete(offer.professional_id)
    assert not Professional.objects.filter(id=offer.professional_id).exists()
    assert len(queries.offers_of([offer.service_id])) == 1
