"""Many clients want one time over HTTP: it is given once, and nothing breaks.

Named by the rows of the races; the controls, in which several win, are in test_holds.py.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking, Occupancy, Session
from tests.races.callers import Answer, Ask, Server, counted, several_clients
from tests.studio import Studio, open_studio
from tests.studio_rooms import add_rooms, join, require

HOUR = timedelta(hours=1)


def holds(studio: Studio, starts: list[datetime], **more: Any) -> list[Ask]:
    """A hold of each of these times, by a client of its own."""
    wanted = {"service": str(studio.service.id)} | more
    clients = several_clients(studio, len(starts))
    asked = zip(clients, starts, strict=True)
    return [Ask("/bookings", wanted | {"client": client, "starts_at": at.isoformat()}) for client, at in asked]


def won(answers: list[Answer]) -> list[datetime]:
    """The starts that were given, ascending; whoever got none was told that the time is taken."""
    assert set(counted(answers)) == {(201, ""), (409, "slot_taken")}
    return sorted(datetime.fromisoformat(answer.body["starts_at"]) for answer in answers if answer.status == 201)


@pytest.mark.parametrize(("capacity", "clients"), [(1, 100), (10, 200)], ids=["A1", "A6"])
def test_a_time_is_given_as_often_as_it_has_seats(
    organization: Organization, server: Server, capacity: int, clients: int
) -> None:
    studio = open_studio(organization, capacity=capacity)
    answers = server.ask_at_once(studio, holds(studio, [studio.at(10)] * clients))
    assert counted(answers) == {(201, ""): capacity, (409, "slot_taken"): clients - capacity}
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.count() == Session.objects.get().seats_taken == capacity
        assert Occupancy.objects.filter(active=True).count() == 1


@pytest.mark.parametrize("people", [1, 4])
def test_a2_of_times_that_overlap_some_win_that_do_not(organization: Organization, server: Server, people: int) -> None:
    """One professional, or one room for which four professionals compete."""
    studio = open_studio(organization, slot_interval_minutes=5)
    require(organization, studio.service, [room.id for room in add_rooms(organization, "Room")])
    gives = [str(studio.professional.id), *(str(join(studio, f"p{number}").id) for number in range(1, people))]
    asks = holds(studio, [studio.at(9) + timedelta(minutes=5 * (number % 25)) for number in range(50)])
    for number, ask in enumerate(asks):
        ask.body["professional"] = gives[number % people]
    winners = won(server.ask_at_once(studio, asks))
    assert winners
    assert all(later - earlier >= HOUR for earlier, later in pairwise(winners))


@pytest.mark.parametrize(("buffer", "winners"), [(0, 2), (5, 1)])
def test_a4_times_that_touch_are_both_given(
    organization: Organization, server: Server, buffer: int, winners: int
) -> None:
    """The control: with a buffer between them they overlap, and one of them is refused."""
    studio = open_studio(organization, buffer_after_minutes=buffer)
    answers = server.ask_at_once(studio, holds(studio, [studio.at(10), studio.at(11)] * 10))
    assert len(won(answers)) == winners
