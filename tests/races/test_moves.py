"""Two change one booking at once: A11, its time is given back once; A27, who saw an older version is refused."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import actions
from bookings.models import Booking, Occupancy, Session
from tests.races.callers import Ask, Server, counted
from tests.races.test_holds import race
from tests.studio import Studio, open_studio


def hold(studio: Studio, hour: int = 10) -> Booking:
    with organization_scope(studio.organization, SYSTEM):
        return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour))


def seats(studio: Studio) -> dict[int, int]:
    """How many seats each hour has given away."""
    with organization_scope(studio.organization, SYSTEM):
        return {one.starts_at.hour: one.seats_taken for one in Session.objects.filter(seats_taken__gt=0)}


def move(studio: Studio, booking: Booking, hour: int, **headers: str) -> Ask:
    return Ask(f"/bookings/{booking.id}/reschedule", {"starts_at": studio.at(hour).isoformat()}, headers=headers)


def test_a11_cancelled_and_moved_at_once(organization: Organization, server: Server) -> None:
    """Somebody else sits in each of the classes, whose seats would go if one were given back twice."""
    studio = open_studio(organization, capacity=5)
    for hour in (10, 14, 15):
        hold(studio, hour)
    booking = hold(studio)
    cancels = [Ask(f"/bookings/{booking.id}/cancel") for _ in range(10)]
    moves = [move(studio, booking, 14 + number % 2) for number in range(20)]
    answers = server.ask_at_once(studio, cancels + moves)
    assert counted(answers[:10]) == {(200, ""): 1, (409, "invalid_transition"): 9}
    moved = counted(answers[10:])
    assert set(moved) <= {(200, ""), (409, "invalid_transition")}
    with organization_scope(organization, SYSTEM):
        row = Booking.objects.get(id=booking.id)
        assert Occupancy.objects.filter(active=True).count() == 3
    assert (row.public_status, row.reschedules) == ("cancelled", moved[200, ""])
    assert seats(studio) == {10: 1, 14: 1, 15: 1}


def test_control_without_the_lock_a_seat_is_given_back_twice(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization, capacity=5)
    for hour in (10, 14):
        hold(studio, hour)
    booking, looked, cancelled = hold(studio), threading.Event(), threading.Event()
    free_seat = actions.free_seat

    def dawdle(session: Any) -> None:
        if threading.current_thread() is mover:
            looked.set()
            cancelled.wait(20)  # it has been seen that the booking may move: the window of the race, held open
        free_seat(session)

    def write(found: Booking, place: Any, **fields: Any) -> None:
        Booking.objects.filter(id=found.id).update(session=actions.take_seat(place, now=fields["now"]))

    def cancel() -> None:
        looked.wait(20)
        with organization_scope(organization, SYSTEM):
            bookings.cancel(booking.id)
        cancelled.set()

    def reschedule() -> None:
        with organization_scope(organization, SYSTEM):
            bookings.reschedule(booking.id, starts_at=studio.at(14))
        connection.close()

    monkeypatch.setattr(actions, "lock_subjects", lambda subjects: None)
    monkeypatch.setattr(actions, "free_seat", dawdle)
    monkeypatch.setattr(actions, "take_new_time", write)
    mover = threading.Thread(target=reschedule)
    mover.start()
    cancel()
    mover.join(60)
    # The other one's seat at ten is gone, and what was cancelled sits at two.
    assert seats(studio) == {14: 2}
    with organization_scope(organization, SYSTEM):
        # Its holds could never give their seats back: a later sweep of this database would stumble.
        Session.objects.update(seats_taken=0)
        Booking.objects.filter(status="pending").update(status="expired", closed_at=F("hold_expires_at"))


def test_a27_of_those_who_saw_one_version_one_changes_it(organization: Organization, server: Server) -> None:
    studio = open_studio(organization)
    booking = hold(studio)
    seen = {"If-Match": f'"{booking.version}-{booking.id}"'}
    moves = [move(studio, booking, 11 + number % 5, **seen) for number in range(20)]
    others = [Ask(f"/bookings/{booking.id}/{verb}", headers=seen) for verb in ("confirm", "cancel") for _ in range(5)]
    answers = server.ask_at_once(studio, moves + others)
    assert counted(answers) == {(200, ""): 1, (412, "precondition_failed"): 29}
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get().version == booking.version + 1


def confirmed_while_it_moves(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Both have seen the same version; the confirmation, which needs no lock, comes between check and write."""
    booking, checked, confirmed = hold(studio), threading.Event(), threading.Event()
    take_seat = actions.take_seat

    def dawdle(*args: Any, **fields: Any) -> Session:
        checked.set()
        confirmed.wait(20)
        return take_seat(*args, **fields)

    def confirm_or_move(number: int) -> None:
        if number:
            checked.wait(20)
            with organization_scope(studio.organization, SYSTEM):
                bookings.confirm(booking.id, if_version=booking.version)
            confirmed.set()
        else:
            with organization_scope(studio.organization, SYSTEM):
                bookings.reschedule(booking.id, starts_at=studio.at(14), if_version=booking.version)

    monkeypatch.setattr(actions, "take_seat", dawdle)
    return dict(race(confirm_or_move, 2))


def test_a27_what_is_confirmed_while_it_moves_is_another_version(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    assert confirmed_while_it_moves(studio, monkeypatch) == {"ok": 1, "precondition_failed": 1}
    assert seats(studio) == {10: 1}


def test_control_a_version_that_is_not_looked_at_lets_several_change(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    booking = hold(studio)
    monkeypatch.setattr(actions, "_check_version", lambda *_: None)
    take_new_time = actions.take_new_time
    monkeypatch.setattr(actions, "take_new_time", lambda *args, now, if_version: take_new_time(*args, now=now))

    def move_to(number: int) -> None:
        with organization_scope(organization, SYSTEM):
            bookings.reschedule(booking.id, starts_at=studio.at(11 + number), if_version=booking.version)

    assert race(move_to, 4) == {"ok": 4}
