"""A database that is away, or a pool that is exhausted: 503 with Retry-After, and recovery without a restart."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from authspine.operations.embedded import EmbeddedPostgres
from tests.servers import ROOT, gunicorn

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


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as postgres:
        environment = postgres.environment() | {"DEMO": "0", "SECURE": "0"}
        manage(environment, "set_up")
        slug = manage(environment, "create_organization", "Studio")
        key = manage(environment, "create_api_key", slug, "--scope", "read")
        with gunicorn(tmp_path / "gunicorn.log", workers=1, environment=environment | QUICK) as address:
            yield Place(postgres, address, key)


def test_a_killed_database_is_503_and_the_app_recovers(place: Place) -> None:
    assert place.ask()[0] == 200
    postmaster = place.postgres._postmaster()
    os.kill(postmaster.process.pid, signal.SIGKILL)
    assert place.becomes(503)
    status, headers, content = place.ask()
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert int(headers["retry-after"]) > 0
    assert json.loads(content)["code"] == "unavailable"
    assert place.ask("/admin/login/")[0] in (200, 503)
    place.postgres.let_run()
    place.postgres.ensure_running()
    assert place.becomes(200)


def test_an_exhausted_pool_is_503_and_the_app_recovers(place: Place) -> None:
    """Two connections, both waiting for a table that somebody holds; the third request gets none."""
    with psycopg.connect(place.postgres.url("authspine_owner")) as holder:
        holder.execute("LOCK TABLE clients_client")
        waiting = [threading.Thread(target=place.ask) for _ in range(2)]
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
        status, headers, content = place.ask()
        holder.rollback()
    for thread in waiting:
        thread.join(30)
    assert (status, json.loads(content)["code"]) == (503, "unavailable")
    assert "retry-after" in headers
    assert place.becomes(200)
