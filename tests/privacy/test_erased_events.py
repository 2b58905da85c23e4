"""Events that an import has brought go the way of all others when their person is erased, before and afterwards."""

import json
import uuid
from typing import Any

import pytest

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.canaries import EMAIL, NAME
from tests.fixtures import Maker
from tests.journeys.documents import bring_in, document
from tests.rest import Api


def told(client: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": "client.created",
        "timestamp": "2026-01-05T10:00:00+00:00",
        "user": str(client),
        "session_id": EMAIL,
        "data": {"clientId": str(client), "name": NAME, "cents": 7},
    } | more


def stored(organization: Organization, id: str) -> AnalyticsEvent:
    with organization_scope(organization, SYSTEM):
        event: AnalyticsEvent = AnalyticsEvent.objects.get(id=id)
    return event


@pytest.mark.parametrize("type", ["client.created", "shop.visited"])
@pytest.mark.parametrize("when", ["before", "afterwards"])
def test_f6_an_imported_event_names_nobody_who_is_erased(
    organization: Organization, make: Maker, admin: Api, when: str, type: str
) -> None:
    client = make.client().id
    event = told(client, type=type)

    def bring() -> None:
        report = bring_in(organization, document(events=[event]))
        assert report["imported"]["events"] == 1, report

    steps = [bring, lambda: admin.post(f"/clients/{client}/erase")]
    for step in steps if when == "before" else reversed(steps):
        step()
    kept = stored(organization, event["id"])
    assert kept.session_id == ""
    assert NAME not in json.dumps(kept.data)
    assert kept.user == client
