"""A7: a hold expires just while it is confirmed: it is confirmed or expired, never both."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings import actions
from bookings.models import Booking
from tests.races.callers import Ask, Server, counted, several_clients
from tests.races.test_holds import race
from tests.studio import Studio, open_studio

MOMENT = timedelta(microseconds=1)


def hold(studio: Studio, hour: int = 10) -> Booking:
    with organization_scope(studio.organization, SYSTEM):
        return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour))


def told(studio: Studio, booking: Booking) -> list[str]:
    """What its events say became of it."""
    with organization_scope(studio.organization, SYSTEM):
        types = AnalyticsEvent.objects.filter(data__bookingId=str(booking.id)).values_list("type", flat=True)
        return sorted(set(types) & {"booking.confirmed", "booking.expired"})


def test_a7_confirms_and_new_holds_around_the_deadline(organization: Organization, server: Server) -> None:
    """Each of eight holds is confirmed by some and wanted by others, from well before its deadline to well after."""
    studio = open_studio(organization)
    held = [hold(studio, hour) for hour in range(9, 17)]
    wanting = several_clients(studio, len(held))
    asks = [ask for number in range(8) for ask in around(studio, held[number], wanting[number], 1 + (number - 4) / 5)]
    with organization_scope(organization, SYSTEM):
        Booking.objects.update(hold_expires_at=clock.now() + timedelta(seconds=1.5))
    answers = server.ask_at_once(studio, asks)
    with organization_scope(organization, SYSTEM):
        bookings.expire_lapsed()
        became = {one.id: one for one in Booking.objects.all()}
    for number, booking in enumerate(held):
        confirms, holds = answers[number * 6 : number * 6 + 3], answers[number * 6 + 3 : number * 6 + 6]
        confirmed = [answer.status for answer in confirms].count(200)
        row = became[booking.id]
        assert {answer.code for answer in confirms} <= {"", "invalid_transition"}
        assert {answer.code for answer in holds} <= {"", "slot_taken"}
        if confirmed:
            assert (confirmed, row.public_status, told(studio, booking)) == (1, "confirmed", ["booking.confirmed"])
            assert counted(holds) == {(409, "slot_taken"): 3}
        else:
            assert (row.public_status, row.confirmed_at) == ("expired", None)
            assert told(studio, booking) == ["booking.expired"]
            assert counted(holds)[201, ""] <= 1


def around(studio: Studio, booking: Booking, client: str, after: float) -> list[Ask]:
    wanted = {"client": client, "service": str(studio.service.id), "starts_at": booking.session.starts_at.isoformat()}
    confirms = [Ask(f"/bookings/{booking.id}/confirm", after=after + late) for late in (0, 0.05, 0.1)]
    return confirms + [Ask("/bookings", wanted, after=after + late) for late in (0, 0.05, 0.1)]


class Clocks:
    """Each thread has its own clock: one lives just before the deadline, the other just after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._own = threading.local()
        now = clock.now
        monkeypatch.setattr(clock, "now", lambda: getattr(self._own, "now", None) or now())

    def set(self, now: datetime) -> None:
        self._own.now = now


def meet_at_the_deadline(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, *, first: Callable[[Booking], Any], then: Callable[[Booking], Any]
) -> tuple[Booking, dict[str, int]]:
    """Both transactions are open: the second begins to write before the first one ends."""
    clocks, booking, written = Clocks(monkeypatch), hold(studio), threading.Event()
    assert booking.hold_expires_at
    before, after = booking.hold_expires_at - MOMENT, booking.hold_expires_at

    def turn(number: int) -> None:
        mine = (first, then)[number]
        clocks.set(before if mine is confirm else after)
        if number:
            written.wait(20)
        with organization_scope(studio.organization, SYSTEM):
            mine(booking)
            if not number:
                written.set()
                wait_for_a_waiter()

    outcomes = race(turn, 2)
    with organization_scope(studio.organization, SYSTEM):
        return Booking.objects.select_related("session").get(id=booking.id), dict(outcomes)


def wait_for_a_waiter() -> None:
    """Until another transaction waits for what this one has written."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(200):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return


def confirm(booking: Booking) -> None:
    bookings.confirm(booking.id)


def expire(_: Booking) -> None:
    bookings.expire_lapsed()


def test_a7_who_confirms_first_keeps_it(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio(organization)
    booking, outcomes = meet_at_the_deadline(studio, monkeypatch, first=confirm, then=expire)
    assert (booking.public_status, booking.session.seats_taken, outcomes) == ("confirmed", 1, {"ok": 2})
    assert told(studio, booking) == ["booking.confirmed"]


def test_a7_what_expired_first_is_not_confirmed(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio(organization)
    booking, outcomes = meet_at_the_deadline(studio, monkeypatch, first=expire, then=confirm)
    assert (booking.public_status, booking.confirmed_at, booking.session.seats_taken) == ("expired", None, 0)
    assert outcomes == {"ok": 1, "invalid_transition": 1}
    assert told(studio, booking) == ["booking.expired"]


def test_control_an_expiry_that_looks_first_takes_what_was_confirmed(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_then_write(booking: Booking, **_: Any) -> bool:
        Booking.objects.filter(id=booking.id).update(status="expired", closed_at=F("hold_expires_at"))
        booking.status = Booking.Status.EXPIRED
        actions.free_seat(booking.session_id)
        return True

    monkeypatch.setattr(actions, "_lapse", look_then_write)
    studio = open_studio(organization)
    booking, _ = meet_at_the_deadline(studio, monkeypatch, first=confirm, then=expire)
    assert (booking.public_status, booking.confirmed_at is None) == ("expired", False)
    assert told(studio, booking) == ["booking.confirmed", "booking.expired"]
