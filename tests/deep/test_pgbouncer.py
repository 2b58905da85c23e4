"""(E5) The product through PgBouncer in transaction mode: each transaction may run on another connection of the server,
which another organization has just used. Whole bookings work, and nobody sees a row of another.
"""

import http.client
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from authspine.identity.models import Organization
from tests.deep.pooler import pgbouncer
from tests.fixtures import new_organization
from tests.rest import ROOT, new_key
from tests.servers import gunicorn
from tests.studio import Studio, open_studio

pytestmark = pytest.mark.deep

# Fewer connections than organizations, and far fewer than threads: every one of them is passed from hand to hand.
CONNECTIONS, ORGANIZATIONS, ROUNDS = 2, 4, 6


@dataclass(frozen=True)
class Tenant:
    studio: Studio
    key: str
    address: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        wire = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        wire.request(method, ROOT + path, None if body is None else json.dumps(body), headers)
        answer = wire.getresponse()
        told = answer.read()
        wire.close()
        assert answer.status < 300, (method, path, answer.status, told)
        return json.loads(told)


@pytest.fixture(scope="module")
def through(database: str) -> Iterator[str]:
    with pgbouncer(size=CONNECTIONS) as url:
        yield url


@pytest.fixture(scope="module")
def tenants(through: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Tenant]]:
    log: Path = tmp_path_factory.mktemp("pooled") / "server.log"
    environment = {"DATABASE_URL": through, "DEMO": "0", "SECURE": "0", "DATABASE_POOL_MAX": "8"}
    with gunicorn(log, workers=2, threads=8, environment=environment) as address:
        found: list[Organization] = [new_organization() for _ in range(ORGANIZATIONS)]
        yield [Tenant(open_studio(one), new_key(one, "admin"), address) for one in found]
    assert "Traceback" not in log.read_text()


def journey(tenant: Tenant, number: int) -> str:
    """From a new client to a paid booking that is cancelled; the booking's id."""
    studio = tenant.studio
    client = tenant.ask("POST", "/clients", {"email": f"c{number}@example.com", "name": f"C {number}"})["id"]
    day = {"from": studio.at(9).isoformat(), "to": (studio.at(9) + timedelta(hours=8)).isoformat()}
    asked = f"?service={studio.service.id}&from={day['from'][:19]}Z&to={day['to'][:19]}Z"
    assert tenant.ask("GET", f"/availability{asked}")
    wanted = {"client": client, "service": str(studio.service.id), "starts_at": studio.at(9 + number).isoformat()}
    booking = str(tenant.ask("POST", "/bookings", wanted)["id"])
    tenant.ask("POST", f"/bookings/{booking}/confirm", {})
    intent = tenant.ask("POST", "/payments/intents", {"booking": booking, "method": "invoice"})["id"]
    assert tenant.ask("POST", f"/payments/intents/{intent}/confirm", {})["status"] == "succeeded"
    assert tenant.ask("POST", "/payments/refunds", {"intent": intent})["id"]
    return booking


def test_e5_whole_journeys_side_by_side_keep_apart(tenants: list[Tenant]) -> None:
    with ThreadPoolExecutor(ORGANIZATIONS * 2) as threads:
        turns = [(tenant, number) for number in range(ROUNDS) for tenant in tenants]
        made = list(threads.map(lambda turn: journey(*turn), turns))
        lists = list(threads.map(lambda turn: turn[0].ask("GET", "/bookings?limit=200")["results"], turns))
    of_tenant: dict[int, set[str]] = {id(tenant): set() for tenant in tenants}
    for (tenant, _), booking in zip(turns, made, strict=True):
        of_tenant[id(tenant)].add(booking)
    for (tenant, _), rows in zip(turns, lists, strict=True):
        assert {row["id"] for row in rows} == of_tenant[id(tenant)]


def test_e5_documents_are_streamed_through_it(tenants: list[Tenant]) -> None:
    """An export is one long transaction with a cursor of the server's: it has its connection to itself meanwhile."""
    first, second = (tenant.ask("GET", "/export?with_personal_data=true") for tenant in tenants[:2])
    assert not {row["id"] for row in first["clients"]} & {row["id"] for row in second["clients"]}


def test_e5_outside_of_a_scope_it_shows_nothing(through: str, tenants: list[Tenant]) -> None:
    with psycopg.connect(through, autocommit=True, prepare_threshold=None) as session:
        for _ in range(20):
            assert session.execute("SELECT count(*) FROM clients_client").fetchone() == (0,)
            assert session.execute("SELECT current_user").fetchone() == ("authspine_app",)


def test_the_app_prepares_no_statement_on_a_connection_that_it_may_lose() -> None:
    connection.ensure_connection()
    assert connection.connection.prepare_threshold is None


def test_the_control_what_is_set_for_a_session_goes_to_whoever_comes_next(through: str) -> None:
    """Which is why a scope sets everything for its transaction alone."""
    name = f"app.control_{uuid.uuid4().hex}"
    seen = set()
    with (
        psycopg.connect(through, autocommit=True, prepare_threshold=None) as one,
        psycopg.connect(through, autocommit=True, prepare_threshold=None) as other,
    ):
        one.execute("SELECT set_config(%s, 'leaked', false)", [name])
        for _ in range(20):
            row = other.execute("SELECT current_setting(%s, true)", [name]).fetchone()
            seen.add(row[0] if row else None)
        for session in (one, other):
            session.execute("SELECT set_config(%s, '', false)", [name])
    assert "leaked" in seen
