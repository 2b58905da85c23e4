"""A database that is away, or a pool that is exhausted: 503 with Retry-After, and recovery without a restart."""

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from authspine.operations.embedded import EmbeddedPostgres
from tests import clusters, workers
from tests.servers import gunicorn

QUICK = {"DATABASE_POOL_MAX": "2", "DATABASE_POOL_TIMEOUT": "1", "DATABASE_CONNECT_TIMEOUT": "1"}


@dataclass
class Place:
    """A server of its own, which may be killed, and the product on it."""

    postgres: EmbeddedPostgres
    address: str
    key: str

    def ask(self, path: str = "/api/platform/clients") -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def becomes(self, status: int, seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.ask()[0] == status:
                return True
            time.sleep(0.2)
        return False


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[tuple[EmbeddedPostgres, str]]:
    """A server of its own, and a key of the organization that is in it."""
    key = clusters.copied(tmp_path / "postgres")
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as postgres:
        yield postgres, key


@pytest.fixture
def place(tmp_path: Path, keyed: tuple[EmbeddedPostgres, str]) -> Iterator[Place]:
    postgres, key = keyed
    environment = postgres.environment() | {"DEMO": "0", "SECURE": "0"}
    with gunicorn(tmp_path / "gunicorn.log", workers=1, environment=environment | QUICK) as address:
        yield Place(postgres, address, key)


def kill(postgres: EmbeddedPostgres) -> None:
    os.kill(postgres._postmaster().process.pid, signal.SIGKILL)


def bring_back(postgres: EmbeddedPostgres) -> None:
    postgres.let_run()
    postgres.ensure_running()


def test_a_killed_database_is_503_and_the_app_recovers(place: Place) -> None:
    assert place.ask()[0] == 200
    kill(place.postgres)
    assert place.becomes(503)
    status, headers, content = place.ask()
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert int(headers["retry-after"]) > 0
    assert json.loads(content)["code"] == "unavailable"
    assert place.ask("/accounts/login")[0] in (200, 503)
    bring_back(place.postgres)
    assert place.becomes(200)


def waiting(holder: psycopg.Connection[tuple[int]]) -> int:
    """How many wait for what somebody holds."""
    ((found,),) = holder.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchall()
    return found


def test_an_exhausted_pool_is_503_and_the_app_recovers(place: Place) -> None:
    """Two connections, both waiting for a table that somebody holds; the third request gets none."""
    with psycopg.connect(place.postgres.url("authspine_owner")) as holder:
        holder.execute("LOCK TABLE clients_client")
        asking = [threading.Thread(target=place.ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        assert workers.comes_true(lambda: waiting(holder) == 2)
        status, headers, content = place.ask()
        holder.rollback()
    for thread in asking:
        thread.join(30)
    assert (status, json.loads(content)["code"]) == (503, "unavailable")
    assert "retry-after" in headers
    assert place.becomes(200)


JOB = """
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', 'bookings.expire_lapsed', 0, NULL, NULL, '{"timestamp": 1}'::jsonb, NULL)
    ]::procrastinate_job_to_defer_v1[]))
"""


AWAY = "The database is away; the worker tries again until it is back."
BACK = "The database is back."


def test_a_worker_goes_on_when_the_database_is_back(keyed: tuple[EmbeddedPostgres, str], tmp_path: Path) -> None:
    postgres, _ = keyed
    with workers.running(tmp_path / "said", postgres.environment() | QUICK) as worker:
        kill(postgres)
        assert worker.says(AWAY), worker.said
        bring_back(postgres)
        assert worker.says(BACK), worker.said
        with psycopg.connect(postgres.url("authspine_app"), autocommit=True) as connection:
            job = connection.execute(JOB).fetchone()
            status = "SELECT FROM procrastinate_jobs WHERE id = %s AND status = 'succeeded'"
            assert workers.comes_true(lambda: connection.execute(status, job).rowcount == 1), worker.said
        kill(postgres)
        assert workers.comes_true(lambda: sum(AWAY in line for line in worker.said) == 2), worker.said
        assert worker.stop() == 0
        # And no traceback of each part that lost its connection.
        words = ("The worker is running.", AWAY, BACK, AWAY, "The worker has stopped.")
        assert all(line.endswith(said) for line, said in zip(worker.said, words, strict=True)), worker.said
