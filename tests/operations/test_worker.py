"""manage.py worker with real processes: it does its work, ends in order, and goes on from whatever was killed."""

import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from authspine.identity.models import Organization
from authspine.kernel.enqueue import enqueue
from authspine.operations import database
from tests import databases, workers
from tests.bookings.lapsing import expired, lapsed_holds
from tests.fixtures import new_organization
from tests.operations.test_refusals import refusal
from tests.servers import ROOT, configured
from tests.studio import Studio, open_studio

pytestmark = pytest.mark.usefixtures("alone")

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL")
TASK = "bookings.expire_lapsed"
# Dead after a second: what waits for that must not wait for half a minute.
HASTY = {"WORKER_STALLED_SECONDS": "1"}


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_sweeps_and_stops_when_it_is_told_to(tmp_path: Path, studio: Studio, number: signal.Signals) -> None:
    lapsed_holds(studio, 10)
    with connection.cursor() as cursor:
        # As if this minute had not been swept yet.
        cursor.execute("DELETE FROM procrastinate_periodic_defers WHERE task_name = %s", [TASK])
    with workers.running(tmp_path / "said") as worker:
        # Nobody enqueued anything: this is the sweep of the minute.
        assert workers.comes_true(lambda: expired(studio.organization) == 1), worker.said
        assert worker.stop(number) == 0
        assert (worker.said[0], worker.said[-1]) == ("The worker is running.", "The worker has stopped.")


def test_what_a_killed_worker_was_doing_is_done_again_and_its_effect_is_there_once(
    tmp_path: Path, organization: Organization
) -> None:
    done, halted = open_studio(organization), open_studio(new_organization())
    lapsed_holds(done, 10)
    lapsed_holds(halted, 10)
    mark = new_mark()
    with connection_of_its_own() as holder:
        hold_calendar(holder, halted)
        enqueue(TASK, timestamp=mark)
        with workers.running(tmp_path / "first", HASTY) as worker:
            # The first organization is done, and the second waits for its calendar.
            assert workers.comes_true(lambda: workers.waits_for(holder)), worker.said
            assert expired(done.organization) == 1
            worker.process.kill()
            worker.process.wait()
        holder.rollback()
    assert workers.status_of(args__timestamp=mark) == ["doing"]

    assert workers.comes_true(lambda: not lives_a_worker())
    with workers.running(tmp_path / "second", HASTY) as worker:
        assert worker.says(f"({TASK}) is done again: its worker is gone.")
        assert workers.comes_true(lambda: workers.status_of(args__timestamp=mark) == ["succeeded"]), worker.said
    assert (expired(done.organization), expired(halted.organization)) == (1, 1)


def test_two_workers_at_once_tell_of_each_hold_once(tmp_path: Path, studio: Studio) -> None:
    mark = new_mark()
    with workers.running(tmp_path / "one") as one, workers.running(tmp_path / "two") as two:
        lapsed_holds(studio, *range(9, 17))
        for _ in range(6):
            enqueue(TASK, timestamp=mark)
        assert workers.comes_true(lambda: set(workers.status_of(args__timestamp=mark)) == {"succeeded"})
        assert one.stop() == two.stop() == 0
        # Of other tests' organizations one may have so many lapsed holds that the second worker does not wait for it.
        refused = f"The sweep of the organization {studio.organization.slug}"
        assert not [line for line in one.said + two.said if refused in line]
    assert expired(studio.organization) == 8


def new_mark() -> int:
    """Tells a test's job from those of every minute."""
    return uuid.uuid4().int % 2**31


def connection_of_its_own() -> psycopg.Connection[Any]:
    return psycopg.connect(configured()["DATABASE_OWNER_URL"])


def hold_calendar(holder: psycopg.Connection[Any], studio: Studio) -> None:
    holder.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(studio.professional.id)])


def lives_a_worker() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1.5 s'")
        return bool(cursor.fetchone()[0])


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """To its end, for starts that must fail."""
    command = [sys.executable, "manage.py", "worker"]
    known = {**configured(), **environment}
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False, timeout=60)


def test_a_database_that_does_not_answer() -> None:
    line = refusal(start(DATABASE_URL="postgresql://me:secret@127.0.0.1:1/app"))
    assert line.startswith("DATABASE_URL: connection failed:")
    assert line.endswith("Connection refused")


def test_a_database_url_that_cannot_be_read() -> None:
    line = refusal(start(DATABASE_URL="postgres/me:secret@localhost/app"))
    assert line.endswith("cannot be read; it looks like postgresql://user:password@host:5432/database.")


def test_a_login_that_may_not_act_as_the_app() -> None:
    line = refusal(start(DATABASE_URL=configured()["DATABASE_OWNER_URL"]))
    assert line.endswith('permission denied to set role "authspine_app"')


def test_a_database_that_is_not_migrated() -> None:
    empty = f"test_authspine_empty_{new_mark()}"
    with databases.server() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(empty)))
        try:
            urls = {name: make_conninfo(getattr(settings, name), dbname=empty) for name in URLS}
            database.prepare(owner_url=urls["DATABASE_OWNER_URL"], app_url=urls["DATABASE_URL"])
            line = refusal(start(**urls))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(empty)))
    assert line == "The database has no queue of jobs yet: run manage.py migrate."
