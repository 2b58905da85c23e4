"""What the database refuses of a service, whoever writes: each constraint is met by a write past every action."""

from typing import Any

import pytest

from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import Scope
from services.models import Service
from tests.factories import ServiceFactory
from tests.writes import refuses


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"duration_minutes": 0}, "services_service_duration"),
        ({"duration_minutes": 1441}, "services_service_duration"),
        ({"price_cents": 10_000_000_000}, "services_service_price"),
        ({"deposit_cents": -1}, "services_service_deposit"),
        ({"deposit_cents": 7501}, "services_service_deposit"),
        ({"currency": "usd"}, "services_service_currency"),
        ({"capacity": 0}, "services_service_capacity"),
        ({"capacity": 1001}, "services_service_capacity"),
        ({"buffer_before_minutes": 1441}, "services_service_buffers"),
        ({"buffer_after_minutes": 1441}, "services_service_buffers"),
        ({"slot_interval_minutes": 0}, "services_service_slot_interval"),
        ({"slot_interval_minutes": 1441}, "services_service_slot_interval"),
        ({"name": ""}, "services_service_named"),
        ({"external_id": ""}, "services_service_external_id_filled"),
        ({"professional": new_id()}, "services_service_professional_fk"),
    ],
)
def test_a_service_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    service = ServiceFactory()
    with refuses(constraint):
        Service.objects.filter(id=service.id).update(**changes)


def test_an_external_id_names_one_service(scope: Scope) -> None:
    first, second = ServiceFactory(external_id="sku-1"), ServiceFactory()
    with refuses("services_service_external_id_key"):
        Service.objects.filter(id=second.id).update(external_id=first.external_id)
