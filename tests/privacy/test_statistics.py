"""E26: what the server itself remembers of statements, for whoever looks for slow ones, names nobody."""

import http.client
import json
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from authspine.operations.embedded import SUPERUSER, EmbeddedPostgres
from tests import canaries, clusters
from tests.privacy.test_canaries import live, read
from tests.rest import ROOT
from tests.servers import gunicorn

# With the values that a statement comes with, as an operator might do.
WATCHED = """
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = 'all'
pg_stat_statements.track_utility = on
pg_stat_statements.max = 10000
"""


class Remote:
    """As much of the tests' caller as a client's life needs, over the network."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self.headers = urlsplit(address).netloc, {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", f"{path}?{urlencode(query)}")

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        keyed = {} if key is None else {"Idempotency-Key": key}
        return self._ask("POST", path, json.dumps(body or {}), {"Content-Type": "application/json"} | keyed)

    def _ask(self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None) -> Any:
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request(method, ROOT + path, body, self.headers | (more or {}))
        with closing(connection):
            return _Answer(connection.getresponse())


class _Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status_code, self._content = answer.status, answer.read()

    def json(self) -> Any:
        return json.loads(self._content)


@pytest.fixture
def watched(tmp_path: Path) -> Any:
    """A server that keeps statistics of all statements, and a key of the organization in it."""
    folder = tmp_path / "postgres"
    clusters.copied(folder)
    with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(WATCHED)
    with (
        EmbeddedPostgres(folder, durable=False) as postgres,
        psycopg.connect(postgres.url(SUPERUSER), autocommit=True) as connection,
    ):
        connection.execute("CREATE EXTENSION pg_stat_statements")
        key = clusters.manage(postgres.environment(), "create_api_key", "studio", "--scope", "write")
        yield postgres, key, connection


def test_e26_statistics_of_statements_name_nobody(tmp_path: Path, watched: Any) -> None:
    postgres, key, connection = watched
    environment = postgres.environment() | {"DEMO": "0", "SECURE": "0", "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
    with gunicorn(tmp_path / "gunicorn.log", workers=1, environment=environment) as address:
        api: Any = Remote(address, key)
        read(api, live(api))
    connection.execute("SELECT 1 AS canary_of_the_test")
    told = [query for (query,) in connection.execute("SELECT query FROM pg_stat_statements").fetchall()]
    assert len(told) > 50
    assert any("canary_of_the_test" in query for query in told)
    assert any("clients_client_found" in query for query in told)
    assert [query for query in told if any(canary in query for canary in canaries.ALL)] == []
    connection.execute("SET ROLE authspine_owner")
    assert canaries.found(connection, canaries.ALL) == set()
    logs = [tmp_path / "gunicorn.log", postgres.log]
    assert "clients" in logs[0].read_text()
    assert [path.name for path in logs for canary in canaries.ALL if canary in path.read_text()] == []
