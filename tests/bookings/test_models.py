"""The database keeps the promises of bookings when something writes past the actions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import SealBroken
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.models import Booking, IntakeAnswers, Occupancy, Session
from tests.fixtures import new_organization
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


@pytest.fixture
def booking(studio: Studio, scope: Any) -> Booking:
    """A held booking at ten; the scope stays open for the test."""
    return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))


def occupy(booking: Booking, *, minutes: int = 0, **fields: Any) -> Occupancy:
    """Write past the action: another occupancy, shifted by minutes."""
    first = Occupancy.objects.get(session=booking.session)
    values = {
        "session": booking.session,
        "subject": first.subject,
        "starts_at": first.starts_at + timedelta(minutes=minutes),
        "ends_at": first.ends_at + timedelta(minutes=minutes),
    }
    with transaction.atomic():
        return Occupancy.objects.create(**values | fields)


@pytest.mark.parametrize("minutes", [0, 1, 30, 59, -59, -30])
def test_an_overlap_is_impossible(booking: Booking, minutes: int) -> None:
    with pytest.raises(IntegrityError, match="bookings_occupancy_no_overlap"):
        occupy(booking, minutes=minutes)


@pytest.mark.parametrize("minutes", [60, -60])
def test_touching_is_not_overlapping(booking: Booking, minutes: int) -> None:
    assert occupy(booking, minutes=minutes)


def test_an_inactive_occupancy_binds_nobody(booking: Booking) -> None:
    assert occupy(booking, active=False)


def test_somebody_else_is_free(booking: Booking) -> None:
    assert occupy(booking, subject=new_id())


def test_an_occupancy_longer_than_three_days_is_refused(booking: Booking) -> None:
    first = Occupancy.objects.get(session=booking.session)
    with pytest.raises(IntegrityError, match="bookings_occupancy_length"):
        occupy(booking, subject=new_id(), ends_at=first.starts_at + timedelta(days=3, seconds=1))


def test_an_occupancy_ends_after_it_starts(booking: Booking) -> None:
    first = Occupancy.objects.get(session=booking.session)
    with pytest.raises(IntegrityError, match="bookings_occupancy_order"):
        occupy(booking, active=False, ends_at=first.starts_at)


def test_an_occupancy_is_of_a_session_here(booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="bookings_occupancy_session_fk"), transaction.atomic():
        Occupancy.objects.filter(session=booking.session_id).update(session=new_id())


@pytest.mark.parametrize("field", ["service", "professional"])
def test_a_session_is_of_somebody_and_something_here(booking: Booking, field: str) -> None:
    with pytest.raises(IntegrityError, match=f"bookings_session_{field}_fk"), transaction.atomic():
        Session.objects.filter(id=booking.session_id).update(**{field: new_id()})


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"status": "pending", "hold_expires_at": None}, "bookings_booking_hold_has_deadline"),
        ({"status": "held"}, "bookings_booking_status"),
        ({"status": "completed"}, "bookings_booking_closed_when_over"),
        ({"cancelled_by": "user"}, "bookings_booking_cancellation_only_when_cancelled"),
        ({"total_cents": -1}, "bookings_booking_money"),
        ({"deposit_cents": 7501}, "bookings_booking_money"),
        ({"currency": "usd"}, "bookings_booking_currency"),
        ({"version": 0}, "bookings_booking_version"),
        ({"external_id": ""}, "bookings_booking_external_id_filled"),
        ({"client": new_id()}, "bookings_booking_client_fk"),
        ({"session": new_id()}, "bookings_booking_session_fk"),
        ({"vertical": new_id()}, "bookings_booking_vertical_fk"),
    ],
)
def test_a_booking_that_makes_no_sense_is_refused(booking: Booking, changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Booking.objects.filter(id=booking.id).update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"seats_taken": 2}, "bookings_session_seats"),
        ({"seats_taken": -1}, "bookings_session_seats"),
        ({"capacity": 0, "seats_taken": 0}, "bookings_session_capacity"),
    ],
)
def test_a_session_is_never_overfull(booking: Booking, changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Session.objects.filter(id=booking.session_id).update(**changes)


def test_a_session_ends_after_it_starts(booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="bookings_session_order"), transaction.atomic():
        Session.objects.filter(id=booking.session_id).update(ends_at=booking.session.starts_at)


def test_one_live_session_of_a_service_at_a_time(booking: Booking) -> None:
    session = booking.session
    with pytest.raises(IntegrityError, match="bookings_session_once"), transaction.atomic():
        Session.objects.create(
            service=session.service,
            professional=session.professional,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            capacity=1,
            seats_taken=1,
        )


def test_a_client_of_another_organization_is_refused(studio: Studio) -> None:
    stranger = open_studio(new_organization()).client
    with (
        pytest.raises(IntegrityError, match="bookings_booking_client_fk"),
        organization_scope(studio.organization, SYSTEM),
    ):
        held = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
        Booking.objects.filter(id=held.id).update(client=stranger.id)


def test_a_booking_is_answered_once(booking: Booking) -> None:
    with pytest.raises(IntegrityError, match="bookings_intakeanswers_once"), transaction.atomic():
        for _ in range(2):
            IntakeAnswers.objects.create(booking=booking, client=booking.client, content=[])


@pytest.mark.parametrize("field", ["booking", "client"])
def test_answers_are_to_a_booking_here(booking: Booking, field: str) -> None:
    row = IntakeAnswers.objects.create(booking=booking, client=booking.client, content=[])
    with pytest.raises(IntegrityError, match=f"bookings_intakeanswers_{field}_fk"), transaction.atomic():
        IntakeAnswers.objects.filter(id=row.id).update(**{f"{field}_id": new_id()})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_answers_are_sealed_for_their_row_and_their_client(booking: Booking) -> None:
    """What the database keeps is no text; moved to another row, or read with another's key, it is an error."""
    answered: Any = [{"id": "risk", "answer": "Canary"}]
    row = IntakeAnswers.objects.create(booking=booking, client=booking.client, content=answered)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM bookings_intakeanswers WHERE id = %s", [row.id])
        (stored,) = cursor.fetchone()
        assert b"Canary" not in bytes(stored)
        assert IntakeAnswers.objects.get(id=row.id).content == answered
        cursor.execute("UPDATE bookings_intakeanswers SET id = %s WHERE id = %s", [moved := new_id(), row.id])
    with pytest.raises(SealBroken):
        _ = IntakeAnswers.objects.get(id=moved).content
