"""Whoever holds times without taking them is stopped, by default and in every vertical."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.errors import TooManyHolds
from bookings.models import Booking
from professionals.models import Vertical
from tests.bookings.lapsing import lapsed_holds
from tests.rest import Api, refused
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(organization: Organization, settings: Settings) -> Studio:
    settings.MAX_OPEN_HOLDS, settings.MAX_LAPSES = 3, 2
    return open_studio(organization)


def hold(studio: Studio, hour: int, **more: Any) -> Booking:
    wanted: dict[str, Any] = {
        "client": studio.client.id,
        "service": studio.service.id,
        "starts_at": studio.at(hour),
    } | more
    with organization_scope(studio.organization, SYSTEM):
        return bookings.hold(**wanted)


def sweep(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        bookings.expire_lapsed()


def test_e24_so_many_holds_of_a_client_wait_at_a_time(studio: Studio, api_client: Api) -> None:
    """(E24) With the installation's number, as no vertical has one of its own."""
    held = [hold(studio, hour) for hour in (9, 10, 11)]
    wanted = {"client": str(studio.client.id), "service": str(studio.service.id)}
    answer = api_client.post("/bookings", wanted | {"starts_at": studio.at(12).isoformat()})
    refused(answer, 409, "too_many_holds")
    assert hold(studio, 12, override=True).public_status == "held"
    with organization_scope(studio.organization, SYSTEM):
        for booking in held[:2]:
            bookings.confirm(booking.id)
    assert hold(studio, 13).public_status == "held"


def test_e24_the_vertical_may_say_otherwise(studio: Studio) -> None:
    """(E24)"""
    with organization_scope(studio.organization, SYSTEM):
        Vertical.objects.update(max_open_holds=4)
    for hour in (9, 10, 11, 12):
        hold(studio, hour)
    with pytest.raises(TooManyHolds):
        hold(studio, 13)


def test_e24_whoever_lets_holds_lapse_again_and_again_waits(studio: Studio) -> None:
    """(E24) Counted whether or not a row follows its deadline yet, and for an hour from that on."""
    lapsed_holds(studio, 9, 10)
    with pytest.raises(TooManyHolds, match="lapse within the last hour"):
        hold(studio, 14)
    sweep(studio)
    with pytest.raises(TooManyHolds, match="lapse within the last hour"):
        hold(studio, 14)
    assert hold(studio, 15, override=True).public_status == "held"
    with organization_scope(studio.organization, SYSTEM):
        gone = Booking.objects.filter(status="expired").values_list("id", flat=True)
        assert len(gone) == 2
        Booking.objects.filter(id=gone[0]).update(hold_expires_at=datetime.now(UTC) - timedelta(hours=1))
    assert hold(studio, 14).public_status == "held"


def test_e24_what_was_cancelled_or_never_answered_is_no_lapse(studio: Studio) -> None:
    """(E24)"""
    held = [hold(studio, hour).id for hour in (9, 10, 11)]
    with organization_scope(studio.organization, SYSTEM):
        for booking in held:
            bookings.cancel(booking)
    assert hold(studio, 12).public_status == "held"
    with organization_scope(studio.organization, SYSTEM):
        # As the sweep leaves a request whose deadline was a minute ago.
        just = datetime.now(UTC) - timedelta(minutes=1)
        Booking.objects.filter(id__in=held).update(status="declined", hold_expires_at=just, closed_at=just)
    assert hold(studio, 13).public_status == "held"
