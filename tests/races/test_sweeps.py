"""Several workers sweep at once: each lapsed hold expires once, with one event. The control shows one of each."""

import threading
from datetime import datetime

import pytest
from django.db.models import F

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.orchestrator import bookings, sweep
from bookings import actions
from bookings.models import Booking
from tests.bookings.lapsing import expired, lapsed_holds
from tests.races.test_holds import race
from tests.studio import open_studio

WORKERS = 4
HOURS = range(9, 17)


@pytest.fixture(autouse=True)
def alone(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other organization is on the way, so that all come to this one at the same time."""
    monkeypatch.setattr(identity_queries, "open_organizations", lambda: [organization])


@pytest.fixture(autouse=True)
def lapsed(organization: Organization) -> None:
    lapsed_holds(open_studio(organization), *HOURS)


def sweep_at_once() -> list[sweep.Sweep]:
    """What each worker reports."""
    found: list[sweep.Sweep] = []
    done = race(lambda _: found.append(sweep.in_every_organization(bookings.expire_lapsed)), clients=WORKERS)
    assert done == {"ok": WORKERS}
    return found


def test_each_hold_expires_once(organization: Organization) -> None:
    assert [one.failed for one in sweep_at_once()] == [[]] * WORKERS
    assert expired(organization) == len(HOURS)


def test_the_race_is_real(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the calendar's lock, and with an update that does not ask for the state it believes."""
    together = threading.Barrier(WORKERS, timeout=20)

    def expire_anyway(booking: Booking, *, now: datetime) -> bool:
        with_others(together)
        Booking.objects.filter(id=booking.id).update(
            status=Booking.Status.EXPIRED, closed_at=F("hold_expires_at"), version=F("version") + 1
        )
        booking.status = Booking.Status.EXPIRED
        return True

    monkeypatch.setattr(actions, "lock_subjects", lambda subjects: None)
    monkeypatch.setattr(actions, "_lapse", expire_anyway)
    sweep_at_once()
    assert expired(organization) == len(HOURS) * WORKERS


def with_others(together: threading.Barrier) -> None:
    """Until all have looked; later ones go on alone."""
    try:
        together.wait()
    except threading.BrokenBarrierError:
        return
    together.abort()
