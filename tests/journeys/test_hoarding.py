"""Whoever holds times without taking them is stopped, by default and in every vertical."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.errors import TooManyHolds, TooManyLapses
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
    with pytest.raises(TooManyLapses):
        hold(studio, 14)
    sweep(studio)
    with pytest.raises(TooManyLapses):
        hold(studio, 14)
    assert hold(studio, 15, override=True).public_status == "held"
    with organization_scope(studio.organization, SYSTEM):
        gone = Booking.objects.filter(status="expired").values_list("id", flat=True)
        assert len(gone) == 2
        Booking.objects.filter(id=gone[0]).update(hold_expires_at=datetime.now(UTC) - timedelta(hours=1))
    assert hold(studio, 14).public_status == "held"


def test_e24_whoever_holds_and_gives_back_again_and_again_waits(studio: Studio, api_client: Api) -> None:
    """(E24) By a key, which is what books for a client: two that were given back count as one that lapsed."""
    wanted = {"client": str(studio.client.id), "service": str(studio.service.id)}
    for hour in (9, 10, 11, 9):
        held = api_client.post("/bookings", wanted | {"starts_at": studio.at(hour).isoformat()}).json()
        assert api_client.post(f"/bookings/{held['id']}/cancel", {}).status_code == 200
    again = wanted | {"starts_at": studio.at(9).isoformat()}
    refused(api_client.post("/bookings", again), 409, "too_many_lapses")
    with organization_scope(studio.organization, SYSTEM):
        first = Booking.objects.earliest("created_at")
        Booking.objects.filter(id=first.id).update(closed_at=datetime.now(UTC) - timedelta(hours=1))
    assert api_client.post("/bookings", again).status_code == 201


def test_e24_who_has_lapsed_and_given_back_is_told_by_both(studio: Studio) -> None:
    """(E24)"""
    lapsed_holds(studio, 9)
    give_back(studio, hold(studio, 10), by=Actor("client", studio.client.id))
    assert give_back(studio, hold(studio, 11), by=Actor("key", uuid4())).cancelled_by == "key"
    with pytest.raises(TooManyLapses):
        hold(studio, 12)


def test_e24_what_staff_give_back_or_was_confirmed_is_held_against_nobody(studio: Studio) -> None:
    """(E24) Who mends what was typed wrong, and who cancels what they had taken."""
    for _ in range(5):
        give_back(studio, hold(studio, 9), by=Actor("user", uuid4()))
    for _ in range(5):
        booking = hold(studio, 9)
        with organization_scope(studio.organization, SYSTEM):
            bookings.confirm(booking.id)
        give_back(studio, booking, by=Actor("key", uuid4()))
    assert hold(studio, 9).public_status == "held"


def give_back(studio: Studio, booking: Booking, *, by: Actor) -> Booking:
    with organization_scope(studio.organization, by):
        return bookings.cancel(booking.id)


def test_e24_what_the_house_cancelled_or_never_answered_is_no_lapse(studio: Studio) -> None:
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
