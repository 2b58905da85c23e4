"""Many at once for one time: one winner. Each race has a control that shows the race when the guard is off."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import actions
from bookings.models import Booking, Session
from tests.studio import Studio, open_studio

# The pool of this process has ten connections; the race of a hundred goes over HTTP (test_http.py).
CLIENTS = 8


def race(attempt: Callable[[int], Any], clients: int = CLIENTS) -> Counter[str]:
    """Run the attempt in as many threads, all let go at once; counts `ok` and the codes of refusals."""
    gate, outcomes = threading.Barrier(clients), Counter[str]()

    def run(number: int) -> None:
        gate.wait()
        try:
            attempt(number)
            outcomes["ok"] += 1
        except PlatformError as error:
            outcomes[error.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def hold_at(studio: Studio, minutes: Callable[[int], int]) -> Callable[[int], Booking]:
    def attempt(number: int) -> Booking:
        with organization_scope(studio.organization, SYSTEM):
            return bookings.hold(
                client=studio.client.id,
                service=studio.service.id,
                starts_at=studio.at(10, minutes(number)),
            )

    return attempt


def test_one_slot_has_one_winner(organization: Organization) -> None:
    studio = open_studio(organization)
    assert race(hold_at(studio, lambda _: 0)) == {"ok": 1, "slot_taken": CLIENTS - 1}


def test_overlapping_but_not_equal_times_have_one_winner(organization: Organization) -> None:
    studio = open_studio(organization, slot_interval_minutes=5)
    assert race(hold_at(studio, lambda number: 5 * number)) == {"ok": 1, "slot_taken": CLIENTS - 1}


def test_a_class_is_filled_exactly(organization: Organization) -> None:
    studio = open_studio(organization, capacity=5)
    assert race(hold_at(studio, lambda _: 0)) == {"ok": 5, "slot_taken": CLIENTS - 5}
    with organization_scope(organization, SYSTEM):
        assert Session.objects.get().seats_taken == Booking.objects.count() == 5


def test_confirming_at_once_happens_once(organization: Organization) -> None:
    studio = open_studio(organization)
    booking = hold_at(studio, lambda _: 0)(0)

    def confirm(_: int) -> None:
        with organization_scope(organization, SYSTEM):
            bookings.confirm(booking.id)

    assert race(confirm) == {"ok": 1, "invalid_transition": CLIENTS - 1}


def test_cancel_and_reschedule_at_once_free_the_time_once(organization: Organization) -> None:
    studio = open_studio(organization)
    booking = hold_at(studio, lambda _: 0)(0)

    def cancel_or_move(number: int) -> None:
        with organization_scope(organization, SYSTEM):
            if number % 2:
                bookings.cancel(booking.id)
            else:
                bookings.reschedule(booking.id, starts_at=studio.at(14))

    outcomes = race(cancel_or_move)
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get().public_status == "cancelled"
        assert all(session.seats_taken == 0 for session in Session.objects.all())
    assert outcomes["ok"] >= 1
    assert set(outcomes) <= {"ok", "invalid_transition", "slot_taken"}


@contextmanager
def without_the_guards(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The control: no lock, and the constraint gone from the database for a while."""
    drop = "ALTER TABLE bookings_occupancy DROP CONSTRAINT bookings_occupancy_no_overlap"
    session = "DROP INDEX bookings_session_once"
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_occupancy_no_overlap'"
        )
        restore = f"ALTER TABLE bookings_occupancy ADD CONSTRAINT bookings_occupancy_no_overlap {cursor.fetchone()[0]}"
        cursor.execute("SELECT pg_get_indexdef('bookings_session_once'::regclass)")
        restore_session = cursor.fetchone()[0]
        cursor.execute(drop)
        cursor.execute(session)
        with monkeypatch.context() as patched, ExitStack() as after:
            # Run in reverse: first this organization's rows go, then both guards come back.
            after.callback(cursor.execute, restore)
            after.callback(cursor.execute, restore_session)
            for table in ("session", "occupancy", "booking"):
                after.callback(
                    cursor.execute, f"DELETE FROM bookings_{table} WHERE organization_id = %s", [organization.id]
                )
            patched.setattr(actions, "lock_subjects", lambda subjects: None)
            yield


def test_control_without_lock_and_constraint_several_win(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    meeting = threading.Barrier(CLIENTS)
    take_seat = actions.take_seat

    def slow(*args: Any, **kwargs: Any) -> Session:
        meeting.wait(20)  # everybody has checked before anybody writes: the window of the race, held open
        return take_seat(*args, **kwargs)

    with without_the_guards(organization, monkeypatch):
        monkeypatch.setattr(actions, "take_seat", slow)
        outcomes = race(hold_at(studio, lambda _: 0))
    assert outcomes["ok"] > 1


def test_control_a_confirm_that_looks_first_happens_several_times(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    booking = hold_at(studio, lambda _: 0)(0)
    meeting = threading.Barrier(CLIENTS)

    def look_then_write(found: Booking, **_: Any) -> None:
        assert found.public_status == "held"
        meeting.wait(20)  # everybody has looked before anybody writes
        Booking.objects.filter(id=found.id).update(status=Booking.Status.CONFIRMED)

    def confirm(_: int) -> None:
        with organization_scope(organization, SYSTEM):
            bookings.confirm(booking.id)

    monkeypatch.setattr(actions, "confirm", look_then_write)
    assert race(confirm) == {"ok": CLIENTS}


def test_control_seats_that_are_counted_first_are_sold_twice(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization, capacity=5)
    session = hold_at(studio, lambda _: 0)(0).session
    meeting = threading.Barrier(CLIENTS)

    def count_then_write(*args: Any, **kwargs: Any) -> Session:
        taken = Session.objects.get(id=session.id).seats_taken
        meeting.wait(20)
        Session.objects.filter(id=session.id).update(seats_taken=taken + 1)
        return session

    monkeypatch.setattr(actions, "lock_subjects", lambda subjects: None)
    monkeypatch.setattr(actions, "take_seat", count_then_write)
    assert race(hold_at(studio, lambda _: 0)) == {"ok": CLIENTS}
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.count() == CLIENTS + 1 > Session.objects.get().capacity
        # Seats that were sold twice could never all be given back: a later sweep of this database would stumble.
        Session.objects.update(seats_taken=0)
        Booking.objects.update(status=Booking.Status.EXPIRED, closed_at=F("hold_expires_at"))
