"""The sweep of every minute: lapsed holds expire; a worker that is asked to stop breaks off between organizations."""

from types import SimpleNamespace
from typing import Any

from procrastinate.contrib.django import app

from authspine.identity.models import Organization
from bookings import tasks
from tests.bookings.lapsing import expired, lapsed_holds
from tests.studio import open_studio


def context(*, stop: bool) -> Any:
    return SimpleNamespace(should_abort=lambda: stop)


def test_lapsed_holds_expire_once(organization: Organization) -> None:
    lapsed_holds(open_studio(organization), 10)
    tasks.expire_lapsed(context(stop=False), timestamp=0)
    tasks.expire_lapsed(context(stop=False), timestamp=60)
    assert expired(organization) == 1


def test_a_worker_that_is_asked_to_stop_breaks_off(organization: Organization) -> None:
    lapsed_holds(open_studio(organization), 10)
    tasks.expire_lapsed(context(stop=True), timestamp=0)
    assert expired(organization) == 0


def test_it_runs_every_minute() -> None:
    assert app.periodic_registry.periodic_tasks["bookings.expire_lapsed", ""].cron == "* * * * *"
