"""Which events a change leaves: those of what changed, and none where nothing was named."""

from typing import Any

import pytest

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from professionals.models import Professional
from tests.factories import hour
from tests.fixtures import Maker
from tests.rest import Api


def told(organization: Organization, since: int = 0) -> list[tuple[str, Any]]:
    """Type and fields of every event after the first `since`."""
    with organization_scope(organization, SYSTEM):
        events = AnalyticsEvent.objects.order_by("created_at", "id")
        return [(event.type, event.data.get("fields")) for event in events][since:]


@pytest.mark.parametrize("kind", ["client", "professional", "service"])
def test_a_change_of_nothing_tells_of_nothing(
    api_client: Api, organization: Organization, make: Maker, kind: str
) -> None:
    address = f"/{kind}s/{getattr(make, kind)().id}"
    before, shown = told(organization), api_client.get(address).json()
    answer = api_client.patch(address, {})
    assert (answer.status_code, answer.json()) == (200, shown)
    assert told(organization) == before


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"active": False}, [("service.deactivated", None)]),
        ({"active": False, "name": "B"}, [("service.updated", ["name"]), ("service.deactivated", None)]),
        ({"active": True}, [("service.updated", ["active"])]),
    ],
)
def test_what_is_told_of_a_service_that_is_withdrawn_by_a_change(
    api_client: Api, organization: Organization, make: Maker, change: dict[str, Any], events: list[Any]
) -> None:
    service = make.service()
    before = len(told(organization))
    changed = api_client.patch(f"/services/{service.id}", change).json()
    assert changed["active"] is change["active"]
    assert told(organization, before) == events
    api_client.delete(f"/services/{service.id}")
    withdrawn = [event for event in told(organization) if event[0] == "service.deactivated"]
    assert len(withdrawn) == 1


def test_with_a_professional_go_the_services_that_nobody_has_booked(
    api_client: Api, organization: Organization, make: Maker
) -> None:
    service = make.service()
    before = len(told(organization))
    assert api_client.delete(f"/professionals/{service.professional_id}").status_code == 204
    with organization_scope(organization, SYSTEM):
        assert not Professional.objects.filter(id=service.professional_id).exists()
    assert api_client.get(f"/services/{service.id}").status_code == 404
    assert told(organization, before) == [("professional.deleted", None)]


def test_what_was_booked_of_a_professional_who_goes_is_withdrawn(
    api_client: Api, organization: Organization, make: Maker
) -> None:
    booking = make.booking()
    booked, gone = booking.session.service, booking.session.professional
    withdrawn, unbooked = make.service(professional=gone), make.service(professional=gone)
    make.booking(service=withdrawn, starts_at=hour(14))
    api_client.delete(f"/services/{withdrawn.id}")
    before = len(told(organization))
    assert api_client.delete(f"/professionals/{gone.id}").status_code == 204
    with organization_scope(organization, SYSTEM):
        assert Professional.objects.get(id=gone.id).deleted_at is not None
    assert api_client.get(f"/services/{booked.id}").json()["active"] is False
    assert api_client.get(f"/services/{unbooked.id}").status_code == 404
    assert api_client.get(f"/bookings/{booking.id}").json()["service"] == str(booked.id)
    assert told(organization, before) == [("service.deactivated", None), ("professional.deleted", None)]
