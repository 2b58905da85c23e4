"""Several workers sweep at once: each lapsed hold expires once, with one event. The control shows two."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from authspine.identity.models import Organization
from authspine.orchestrator import bookings, sweep
from bookings import actions
from bookings.models import Booking
from tests.bookings.lapsing import expired, lapsed_hold
from tests.races.test_holds import race
from tests.studio import open_studio

WORKERS = 4
HOURS = range(9, 17)


def sweep_at_once(organization: Organization) -> list[sweep.Sweep]:
    """What each worker reports."""
    studio = open_studio(organization)
    for hour in HOURS:
        lapsed_hold(studio, hour)
    found: list[sweep.Sweep] = []
    assert race(lambda _: found.append(sweep.in_every_organization(bookings.expire_lapsed)), clients=WORKERS) == {
        "ok": WORKERS
    }
    return found


def test_each_hold_expires_once(organization: Organization) -> None:
    found = sweep_at_once(organization)
    assert [organization.slug in one.failed for one in found] == [False] * WORKERS
    assert expired(organization) == len(HOURS)


def test_the_race_is_real(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the calendar's lock, and with an update that does not ask for the state it believes."""
    together = threading.Barrier(WORKERS, timeout=20)

    def no_lock(subjects: Any) -> None:
        connection.ensure_connection()

    def expire_anyway(booking: Booking, *, now: Any) -> bool:
        with_others(together)
        Booking.objects.filter(id=booking.id).update(
            status=Booking.Status.EXPIRED, closed_at=F("hold_expires_at"), version=F("version") + 1
        )
        return True

    monkeypatch.setattr(actions, "lock_subjects", no_lock)
    monkeypatch.setattr(actions, "_expire", expire_anyway)
    sweep_at_once(organization)
    assert expired(organization) > len(HOURS)


def with_others(together: threading.Barrier) -> None:
    """Until all have looked; later ones go on alone."""
    try:
        together.wait()
    except threading.BrokenBarrierError:
        return
    together.abort()
