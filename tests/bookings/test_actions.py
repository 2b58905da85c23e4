"""Changes to a booking that somebody else has changed since it was read."""

import pytest

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Stale
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import actions, queries
from bookings.errors import InvalidTransition
from bookings.models import Booking
from tests.studio import Studio, open_studio


def held(studio: Studio) -> Booking:
    return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))


def test_a_booking_that_was_moved_meanwhile_is_confirmed_as_it_is_now(organization: Organization) -> None:
    studio, now = open_studio(organization), clock.now()
    with organization_scope(organization, SYSTEM):
        read = held(studio)
        bookings.reschedule(read.id, starts_at=studio.at(14))
        actions.confirm(read, now=now)
        stored = queries.get(read.id, now=now)
        assert (read.session.starts_at, read.version) == (studio.at(14), stored.version)
    assert (stored.public_status, stored.version) == ("confirmed", 3)


def test_a_booking_that_was_cancelled_meanwhile_is_not_confirmed(organization: Organization) -> None:
    studio, now = open_studio(organization), clock.now()
    with organization_scope(organization, SYSTEM):
        read = held(studio)
        bookings.cancel(read.id)
        with pytest.raises(InvalidTransition):
            actions.confirm(read, now=now)
        assert queries.get(read.id, now=now).public_status == "cancelled"


def test_a_version_that_was_seen_before_somebody_else_moved_it_is_stale(organization: Organization) -> None:
    studio, now = open_studio(organization), clock.now()
    with organization_scope(organization, SYSTEM):
        read = held(studio)
        bookings.reschedule(read.id, starts_at=studio.at(14))
        with pytest.raises(Stale):
            actions.confirm(read, now=now, if_version=1)
        assert queries.get(read.id, now=now).public_status == "held"
