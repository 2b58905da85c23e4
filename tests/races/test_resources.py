"""What several want of one room: A5, in whatever order, nobody waits for good; A26, what is deleted is not given."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections

from authspine.identity.models import Organization
from authspine.kernel import locks
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, resources, services
from bookings import actions
from bookings.models import Booking
from services.models import Resource, Service
from tests.races.callers import Ask, Server, counted, several_clients
from tests.studio import PRICE, Studio, open_studio
from tests.studio_rooms import add_rooms, join, require


def opposite(organization: Organization) -> tuple[Studio, list[Service], list[Resource]]:
    """Two services of two people that need the same room and laser, told in opposite order."""
    studio = open_studio(organization)
    other = join(studio, "other", active=False)
    room, laser = add_rooms(organization, "Room", "Laser")
    with organization_scope(organization, SYSTEM):
        service = services.publish(other.id, name="Other", duration_minutes=60, price=PRICE)
    require(organization, studio.service, [room.id], [laser.id])
    require(organization, service, [laser.id], [room.id])
    return studio, [studio.service, service], [room, laser]


def test_a5_two_resources_in_opposite_order(organization: Organization, server: Server) -> None:
    """Of each hour one wins, and nobody waits in a circle."""
    studio, offered, _ = opposite(organization)
    clients = several_clients(studio, 40)
    wanted = [
        {
            "client": client,
            "service": str(offered[number % 2].id),
            "starts_at": studio.at(10 + number // 20).isoformat(),
        }
        for number, client in enumerate(clients)
    ]
    answers = server.ask_at_once(studio, [Ask("/bookings", body) for body in wanted])
    for hour in (answers[:20], answers[20:]):
        assert counted(hour) == {(201, ""): 1, (409, "slot_taken"): 19}


def test_control_locks_taken_one_by_one_in_opposite_order_end_in_a_deadlock(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, offered, [room, laser] = opposite(organization)
    meeting, outcomes = threading.Barrier(2), Counter[str]()
    clients = several_clients(studio, 2)

    def one_by_one(subjects: Iterable[UUID]) -> None:
        mine = [room.id, laser.id] if threading.current_thread().name == "0" else [laser.id, room.id]
        locks.lock_subjects(mine[:1])
        meeting.wait(20)  # each has one, and goes for the other's
        locks.lock_subjects(mine[1:])

    def hold(number: int) -> None:
        try:
            with organization_scope(organization, SYSTEM):
                bookings.hold(client=UUID(clients[number]), service=offered[number].id, starts_at=studio.at(10))
            outcomes["ok"] += 1
        except OperationalError as error:
            outcomes[getattr(error.__cause__, "sqlstate", "")] += 1
        finally:
            connection.close()

    monkeypatch.setattr(actions, "lock_subjects", one_by_one)
    threads = [threading.Thread(target=hold, args=(number,), name=str(number)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == {"ok": 1, "40P01": 1}


def test_a_sweep_and_a_hold_do_not_wait_for_each_other(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep frees one's lapsed hold of the room and goes for the next one's calendar, which a hold has already."""
    studio = open_studio(organization)
    people = sorted([studio.professional.id, join(studio, "other").id], key=str)
    (room,) = add_rooms(organization, "Room")
    require(organization, studio.service, [room.id])
    [client] = several_clients(studio, 1)
    with organization_scope(organization, SYSTEM):
        for hour, person in zip((10, 12), people, strict=True):
            bookings.hold(
                client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour), professional=person
            )
        Booking.objects.update(hold_expires_at=studio.at(0))
    swept, locked, lapse, lock = threading.Event(), threading.Event(), actions._lapse, locks.lock_subjects

    def lapse_slowly(booking: Booking, **fields: Any) -> bool:
        freed = lapse(booking, **fields)
        if threading.current_thread().name == "sweep" and not swept.is_set():
            swept.set()
            locked.wait(1)
        return freed

    def lock_later(subjects: Iterable[UUID]) -> None:
        if threading.current_thread().name == "hold":
            swept.wait(20)
        lock(subjects)
        if threading.current_thread().name == "hold":
            locked.set()

    def sweep() -> None:
        bookings.expire_lapsed()

    def hold() -> None:
        bookings.hold(client=UUID(client), service=studio.service.id, starts_at=studio.at(14), professional=people[1])

    monkeypatch.setattr(actions, "_lapse", lapse_slowly)
    monkeypatch.setattr(actions, "lock_subjects", lock_later)
    monkeypatch.setattr("authspine.kernel.clock.now", lambda: studio.at(0))
    assert side_by_side(organization, sweep=sweep, hold=hold) == {"sweep": "ok", "hold": "ok"}


def side_by_side(organization: Organization, **works: Callable[[], Any]) -> dict[str, str]:
    """Each in a scope and a thread of its own, which bears its name; what became of each."""
    outcomes: dict[str, str] = {}

    def run(name: str, work: Callable[[], Any]) -> None:
        try:
            with organization_scope(organization, SYSTEM):
                work()
            outcomes[name] = "ok"
        except PlatformError as error:
            outcomes[name] = error.code
        except OperationalError as error:
            outcomes[name] = getattr(error.__cause__, "sqlstate", "")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one, name=one[0]) for one in works.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def given_away(organization: Organization) -> int:
    """Active occupancies of what is no more, read past the app."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM bookings_occupancy o WHERE o.active AND o.organization_id = %s"
            " AND NOT EXISTS (SELECT FROM services_resource r WHERE r.id = o.subject)"
            " AND NOT EXISTS (SELECT FROM professionals_professional p WHERE p.id = o.subject)",
            [organization.id],
        )
        return int(cursor.fetchone()[0])


def test_a26_a_room_is_deleted_while_it_is_held(organization: Organization, server: Server) -> None:
    """Of eight services at once, each with a room of its own that stops being needed and is deleted."""
    studio = open_studio(organization)
    rooms = add_rooms(organization, *(f"Room {number}" for number in range(8)))
    clients = several_clients(studio, 8)
    asks: list[Ask] = []
    for number, room in enumerate(rooms):
        with organization_scope(organization, SYSTEM):
            service = services.publish(studio.professional.id, name="S", duration_minutes=60, price=PRICE)
        require(organization, service, [room.id])
        wanted = {"client": clients[number], "service": str(service.id), "starts_at": studio.at(9 + number).isoformat()}
        needless = Ask(f"/services/{service.id}/requirements", {"requirements": []}, "PUT")
        asks += [Ask("/bookings", wanted), needless, Ask(f"/resources/{room.id}", method="DELETE")]
    answers = server.ask_at_once(studio, asks)
    assert set(counted(answers[0::3])) <= {(201, ""), (409, "slot_taken")}
    assert set(counted(answers[1::3])) <= {(200, ""), (409, "conflict")}
    assert set(counted(answers[2::3])) <= {(204, ""), (409, "conflict")}
    assert given_away(organization) == 0


def held_while_it_is_deleted(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The hold has chosen the room; then it is not needed any more, and deleted, before the hold is stored."""
    organization = studio.organization
    (room,) = add_rooms(organization, "Room")
    require(organization, studio.service, [room.id])
    chosen, over, open_session = threading.Event(), threading.Event(), actions._open_session

    def slowly(*args: Any, **fields: Any) -> Any:
        chosen.set()
        over.wait(1)  # with the lock the deletion cannot get there
        return open_session(*args, **fields)

    def hold() -> None:
        bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))

    def delete() -> None:
        resources.delete(room.id)

    def delete_later() -> None:
        chosen.wait(20)
        side_by_side(organization, unneeded=lambda: services.require(studio.service.id, []))
        side_by_side(organization, delete=delete)
        over.set()

    monkeypatch.setattr(actions, "_open_session", slowly)
    later = threading.Thread(target=delete_later)
    later.start()
    outcomes = side_by_side(organization, hold=hold)
    later.join(60)
    return outcomes


def test_a26_a_room_that_a_hold_has_chosen_stays(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio(organization)
    assert held_while_it_is_deleted(studio, monkeypatch) == {"hold": "ok"}
    assert given_away(organization) == 0
    with organization_scope(organization, SYSTEM):
        assert not Resource.objects.get().active


def test_control_without_the_lock_a_room_is_held_that_is_no_more(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    monkeypatch.setattr(actions, "lock_subjects", lambda subjects: None)
    assert held_while_it_is_deleted(studio, monkeypatch) == {"hold": "ok"}
    assert given_away(organization) == 1
