"""On a large table every statement of the engine walks the index that it is meant to, under row-level security.

Read from the index conditions: one that is not leakproof, or a partial index whose condition is not written out,
would only filter what an organization's whole index gives. The statements are those that the journeys send, whatever
they look like and however many they are.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations import seeding
from authspine.orchestrator import bookings as journeys
from authspine.orchestrator import services
from bookings.models import Booking
from services.models import Service
from tests.deep import plans
from tests.deep.plans import Scan
from tests.fixtures import new_organization
from tests.rest import caller

pytestmark = pytest.mark.deep

BOOKINGS, PROFESSIONALS = 200_000, 400
ONLY_ORGANIZATION = frozenset({"organization_id"})


@pytest.fixture(scope="module")
def large(database: str) -> Organization:
    organization = new_organization()
    seeding.seed(organization, bookings=BOOKINGS, professionals=PROFESSIONALS, seed=1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return organization


@pytest.fixture(scope="module")
def service_ids(large: Organization) -> list[UUID]:
    with organization_scope(large, SYSTEM):
        return list(Service.objects.filter(name="Consultation").values_list("id", flat=True)[:100])


@pytest.fixture(scope="module")
def booking(large: Organization) -> Booking:
    """A confirmed one that is still to come."""
    with organization_scope(large, SYSTEM):
        found = Booking.objects.filter(status="confirmed").select_related("session")
        return found.latest("session__starts_at")


def check(scans: list[Scan]) -> None:
    """No table is read as a whole, nor an organization's whole part of an index."""
    assert scans
    assert [scan for scan in scans if not scan.index or scan.columns <= ONLY_ORGANIZATION] == []


def walked(scans: list[Scan], table: str) -> set[str]:
    return {scan.index for scan in scans if scan.table == table}


def columns(scans: list[Scan], index: str) -> frozenset[str]:
    """What each walk of this index compares at least."""
    return frozenset.intersection(*(scan.columns for scan in scans if scan.index == index))


@pytest.mark.parametrize("number", [1, 100])
def test_availability(large: Organization, service_ids: list[UUID], number: int) -> None:
    now = clock.now()
    month: Any = {"from_at": now, "to_at": now + timedelta(days=30)}
    scans = plans.of(large, lambda: journeys.availability(services=service_ids[:number], **month))
    check(scans)
    assert walked(scans, "bookings_occupancy") == {"occupancy_busy"}
    assert columns(scans, "occupancy_busy") >= {"organization_id", "subject", "starts_at"}
    assert all("starts_at" in scan.columns for scan in scans if scan.index.startswith("session_"))


def test_hold_confirm_reschedule_and_cancel(large: Organization, service_ids: list[UUID]) -> None:
    now = clock.now()
    with organization_scope(large, SYSTEM):
        found = journeys.availability(services=service_ids[:1], from_at=now, to_at=now + timedelta(days=30))
        first, second, *_ = [slot.starts_at for slot in found.slots]
        client = Booking.objects.values_list("client", flat=True)[:1].get()
    held: list[Any] = []
    hold = plans.of(
        large,
        lambda: held.append(journeys.hold(client=client, service=service_ids[0], starts_at=first)),
    )
    check(hold)
    assert "occupancy_busy" in walked(hold, "bookings_occupancy")
    assert columns(hold, "occupancy_busy") >= {"organization_id", "subject", "starts_at"}
    check(plans.of(large, lambda: journeys.confirm(held[0].id)))
    check(plans.of(large, lambda: journeys.reschedule(held[0].id, starts_at=second)))
    check(plans.of(large, lambda: journeys.cancel(held[0].id)))


def test_a_hold_by_whoever_is_least_booked(large: Organization) -> None:
    with organization_scope(large, SYSTEM):
        [service, *others] = Service.objects.filter(name="Consultation").order_by("-id")[:11]
        for other in others:
            services.offer(service.id, other.professional_id, priority=0)
        slots = journeys.availability(services=[service.id], from_at=clock.now(), first_free=1).slots
        client = Booking.objects.values_list("client", flat=True)[:1].get()
    wanted: Any = {"client": client, "service": service.id, "starts_at": slots[0].starts_at}
    hold = plans.of(large, lambda: journeys.hold(**wanted))
    check(hold)
    assert columns(hold, "occupancy_busy") >= {"organization_id", "subject", "starts_at"}


def test_the_sweep_walks_the_deadlines(large: Organization) -> None:
    scans = plans.of(large, journeys.expire_lapsed)
    check(scans)
    assert walked(scans, "bookings_booking") == {"booking_lapsing"}
    assert columns(scans, "booking_lapsing") >= {"organization_id", "hold_expires_at"}


def listed(large: Organization, **wanted: Any) -> list[Scan]:
    api = caller(large)
    with CaptureQueriesContext(connection) as captured:
        answer = api.get("/bookings", **wanted)
    assert answer.status_code == 200
    assert answer.json()["results"]
    return plans.explained(large, captured)


def test_a_list_walks_its_order(large: Organization) -> None:
    scans = listed(large)
    assert walked(scans, "bookings_booking") == {"booking_list"}
    assert all(scan.index for scan in scans)


def test_a_list_by_client(large: Organization, booking: Booking) -> None:
    scans = listed(large, client=booking.client_id)
    check(scans)
    assert walked(scans, "bookings_booking") == {"booking_client"}


def test_a_list_by_professional(large: Organization, booking: Booking) -> None:
    scans = listed(large, professional=booking.session.professional_id)
    check(scans)
    assert walked(scans, "bookings_session") == {"session_professional"}


def test_a_list_by_service(large: Organization, booking: Booking) -> None:
    scans = listed(large, service=booking.session.service_id)
    check(scans)
    assert walked(scans, "bookings_session") == {"session_service"}


@pytest.mark.parametrize("status", ["held", "confirmed", "cancelled"])
def test_a_list_by_status(large: Organization, status: str) -> None:
    """A status is no key: the order is walked until a page is full, or the few that wait are found by their own."""
    scans = listed(large, status=status)
    assert walked(scans, "bookings_booking") <= {"booking_list", "booking_lapsing"}
    assert all(scan.index for scan in scans)


def test_a_list_by_time(large: Organization, booking: Booking) -> None:
    day = booking.session.starts_at
    scans = listed(large, starts_after=day.isoformat(), starts_before=(day + timedelta(days=1)).isoformat())
    check(scans)
    assert walked(scans, "bookings_session") == {"session_starts_at"}
    assert columns(scans, "session_starts_at") >= {"organization_id", "starts_at"}


def test_the_control_sees_a_condition_that_only_filters(large: Organization, booking: Booking) -> None:
    """Overlap of ranges is not leakproof: under the policies it is asked after the whole calendar was read."""
    overlap = (
        "SELECT id FROM bookings_occupancy WHERE active AND subject = %s"
        " AND tstzrange(starts_at, ends_at, '[)') && tstzrange(%s, %s)"
    )
    since = booking.session.starts_at

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(overlap, [booking.session.professional_id, since, since + timedelta(days=1)])

    [scan] = plans.of(large, ask)
    assert not scan.columns & {"starts_at", "ends_at"}
