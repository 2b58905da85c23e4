"""The database keeps the promises of services, offers and resources when something writes past the actions."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from authspine.kernel.tenancy import Scope
from services.models import Downtime, Offer, Option, Requirement, Resource, Service
from tests.factories import DowntimeFactory, OfferFactory, ResourceFactory, ServiceFactory, hour
from tests.fixtures import Maker, new_organization


def changed(row: models.Model, **fields: Any) -> None:
    with transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**fields)


def refused(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"slot_offset_minutes": 1440}, "services_service_slot_offset"),
        ({"bookable_from": date(2026, 12, 2), "bookable_to": date(2026, 12, 1)}, "services_service_bookable_order"),
        ({"capacity": 0}, "services_service_capacity"),
        ({"buffer_before_minutes": 1441}, "services_service_buffers"),
        ({"name": ""}, "services_service_named"),
    ],
)
def test_a_service(scope: Scope, fields: dict[str, Any], constraint: str) -> None:
    with refused(constraint):
        changed(ServiceFactory(), **fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"duration_minutes": 0}, "services_offer_duration"),
        ({"duration_minutes": 1441}, "services_offer_duration"),
        ({"price_cents": -1}, "services_offer_price"),
        ({"price_cents": 10_000_000_000}, "services_offer_price"),
    ],
)
def test_an_offer(scope: Scope, fields: dict[str, Any], constraint: str) -> None:
    with refused(constraint):
        changed(OfferFactory(), **fields)


def test_a_professional_offers_a_service_once(scope: Scope) -> None:
    service: Service = ServiceFactory()
    with refused("services_offer_once"), transaction.atomic():
        Offer.objects.create(service=service, professional=service.professional)


def test_a_resource_has_a_name(scope: Scope) -> None:
    with refused("services_resource_named"):
        changed(ResourceFactory(), name="")


def test_downtime_ends_after_it_starts(scope: Scope) -> None:
    period: Downtime = DowntimeFactory()
    with refused("services_downtime_order"):
        changed(period, ends_at=hour(12))


def test_requirements_have_places_and_options_of_their_own(scope: Scope) -> None:
    service, room = ServiceFactory(), ResourceFactory()
    requirement = Requirement.objects.create(service=service, position=0)
    Option.objects.create(requirement=requirement, resource=room, position=0)
    with refused("services_requirement_position_key"), transaction.atomic():
        Requirement.objects.create(service=service, position=0)
    with refused("services_option_once"), transaction.atomic():
        Option.objects.create(requirement=requirement, resource=room, position=1)


@pytest.fixture
def stranger() -> Resource:
    room: Resource = Maker(new_organization()).resource()
    return room


def test_nothing_points_into_another_organization(stranger: Resource, scope: Scope) -> None:
    requirement = Requirement.objects.create(service=ServiceFactory(), position=0)
    with refused("services_option_resource_fk"), transaction.atomic():
        Option.objects.create(requirement=requirement, resource_id=stranger.id, position=0)
    with refused("services_downtime_resource_fk"), transaction.atomic():
        Downtime.objects.create(resource_id=stranger.id, starts_at=hour(9), ends_at=hour(10))
    assert not Resource.objects.filter(id=stranger.id).exists()
