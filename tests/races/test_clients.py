"""One client asks for many times at once, each of somebody else: no more are given than a client may have."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from authspine.identity.models import Organization
from authspine.kernel import locks
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import actions, queries
from bookings.models import Booking
from tests.races.callers import Ask, Server, counted
from tests.races.test_holds import race
from tests.servers import gunicorn
from tests.studio import Studio, open_studio
from tests.studio_rooms import join

PEOPLE, MOST = 4, 2


def limited(organization: Organization, term: str) -> tuple[Studio, list[UUID]]:
    """A studio in which a client has so many at a time, and the people who give its service."""
    studio = open_studio(organization, policy={term: MOST})
    return studio, [studio.professional.id, *(join(studio, f"p{number}").id for number in range(1, PEOPLE))]


@pytest.mark.parametrize(
    ("term", "code"), [("max_open_holds", "too_many_holds"), ("max_future_bookings", "too_many_bookings")]
)
def test_a_client_gets_as_many_as_are_allowed(organization: Organization, server: Server, term: str, code: str) -> None:
    studio, people = limited(organization, term)
    wanted = {"client": str(studio.client.id), "service": str(studio.service.id)}
    asks = [
        Ask("/bookings", wanted | {"professional": str(person), "starts_at": studio.at(hour).isoformat()})
        for person in people
        for hour in range(9, 14)
    ]
    answers = server.ask_at_once(studio, asks)
    assert counted(answers) == {(201, ""): MOST, (409, code): len(asks) - MOST}


def test_e24_a_client_hoards_no_more_than_the_cap_at_once(organization: Organization, tmp_path: Path) -> None:
    """(E24) The installation's number, where nothing else is said; the control is the one below."""
    studio, people = limited(organization, "max_reschedules")
    wanted = {"client": str(studio.client.id), "service": str(studio.service.id)}
    asks = [
        Ask("/bookings", wanted | {"professional": str(person), "starts_at": studio.at(hour).isoformat()})
        for person in people
        for hour in range(9, 14)
    ]
    with gunicorn(tmp_path / "gunicorn.log", environment={"MAX_OPEN_HOLDS": "3"}) as address:
        answers = Server(address, tmp_path / "gunicorn.log").ask_at_once(studio, asks)
    assert counted(answers) == {(201, ""): 3, (409, "too_many_holds"): len(asks) - 3}


def test_control_without_the_clients_lock_more_are_given(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, people = limited(organization, "max_open_holds")
    meeting, check = threading.Barrier(PEOPLE), queries.check_client

    def without_the_client(subjects: Iterable[UUID]) -> None:
        locks.lock_subjects([subject for subject in subjects if subject != studio.client.id])

    def check_together(*args: Any, **fields: Any) -> None:
        check(*args, **fields)
        meeting.wait(20)  # everybody has counted before anybody writes

    def hold(number: int) -> None:
        with organization_scope(organization, SYSTEM):
            bookings.hold(
                client=studio.client.id,
                service=studio.service.id,
                professional=people[number],
                starts_at=studio.at(10),
            )

    monkeypatch.setattr(actions, "lock_subjects", without_the_client)
    monkeypatch.setattr(queries, "check_client", check_together)
    assert race(hold, PEOPLE) == {"ok": PEOPLE}
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.count() == PEOPLE > MOST
