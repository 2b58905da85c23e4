"""E30: the keys are rotated while eight clients book and search at real servers, and while the rotation is killed."""

import http.client
import json
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from clients.models import Client
from tests.fixtures import new_organization
from tests.privacy.rotating import Installation, data_keys, ring_id, ring_text, under
from tests.rest import ROOT, new_key
from tests.servers import ROOT as FOLDER
from tests.servers import configured, gunicorn
from tests.studio import Studio, open_studio
from tests.workers import comes_true

CALLERS, PEOPLE = 8, 1200


@pytest.fixture
def studio(installation: Installation) -> Studio:
    """With more clients than a page of the rotation has."""
    studio = open_studio(new_organization())
    with organization_scope(studio.organization, SYSTEM):
        for number in range(PEOPLE):
            clients.register(email=f"c{number}@example.com", name=f"Person{number}", phone=f"0170{number:04}")
    return studio


@dataclass
class Crowd:
    """Callers that register, search, book, move on and read, each by itself, until they are told to stop."""

    address: str
    studio: Studio
    answers: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def working(self) -> Iterator[None]:
        key = new_key(self.studio.organization)
        threads = [threading.Thread(target=self.work, args=[key, number]) for number in range(CALLERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(60)

    def work(self, key: str, number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)

        def ask(method: str, path: str, body: Any = None) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            if method == "POST":
                headers["Idempotency-Key"] = uuid.uuid4().hex
            connection.request(method, ROOT + path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            told: dict[str, Any] = json.loads(content)
            self.answers[f"{method} {answer.status}"] += 1
            if answer.status >= 400 and told.get("code") != "slot_taken":
                self.failed.append(f"{method} {path}: {answer.status} {content!r}")
            return told

        try:
            while not self.over.is_set():
                self.round(ask, chance)
        except Exception as error:
            self.failed.append(repr(error))
        finally:
            connection.close()

    def round(self, ask: Any, chance: random.Random) -> None:
        """What one of them does again and again."""
        name = f"New{uuid.uuid4().hex}"
        made = ask("POST", "/clients", {"name": name, "email": f"{name}@example.com", "notes": "new"})
        found = ask("GET", f"/clients?search={name.lower()}")["results"]
        old = ask("GET", f"/clients?search=person{chance.randrange(PEOPLE)}")["results"]
        if [one["name"] for one in found] != [name] or not old:
            self.failed.append(f"{name} was not found")
        starts_at = self.studio.at(9) + timedelta(days=7 * chance.randrange(8), hours=chance.randrange(8))
        wanted = {"service": str(self.studio.service.id), "starts_at": starts_at.isoformat(), "notes": "window"}
        booked = ask("POST", "/bookings", wanted | {"client": made["id"]})
        if "id" in booked:
            ask("POST", f"/bookings/{booked['id']}/cancel", {"reason": "no time"})
        ask("PATCH", f"/clients/{old[0]['id']}", {"notes": "changed"})
        ask("GET", "/clients?limit=50")
        ask("GET", "/bookings?limit=50")


def rotation(installation: Installation) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        cwd=FOLDER,
        env={**configured(), **installation.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said.strip()


def test_e30_eight_clients_book_and_search_meanwhile(
    installation: Installation, studio: Studio, tmp_path: Path
) -> None:
    old = {ring_id(installation.ring[0]), *data_keys()}
    fresh, log = installation.add(), tmp_path / "log"
    with gunicorn(log, environment=installation.environment) as address:
        crowd = Crowd(address, studio)
        with crowd.working():
            time.sleep(2)
            before = crowd.answers.total()
            said = ended(rotation(installation))
            during = crowd.answers.total() - before
            time.sleep(2)
        assert crowd.failed == []
        assert min(crowd.answers[what] for what in ("POST 201", "GET 200", "PATCH 200")) > CALLERS
        assert during > CALLERS
    assert "Traceback" not in log.read_text()
    assert under(old) == []
    assert int(said.split()[2].replace(",", "")) > PEOPLE
    with gunicorn(log, environment={"PII_KEYS": ring_text(fresh)}) as address:
        crowd = Crowd(address, studio)
        with crowd.working():
            time.sleep(2)
        assert crowd.failed == []
        assert crowd.answers.total() > CALLERS


def test_killed_it_goes_on(installation: Installation, studio: Studio) -> None:
    old = {ring_id(installation.ring[0]), *data_keys()}
    fresh = installation.add()
    with organization_scope(studio.organization, SYSTEM):
        # It cannot end as long as this row is held, nor remove a key.
        assert Client.objects.select_for_update().get(id=studio.client.id)
        killed = rotation(installation)
        assert comes_true(lambda: under(old) == ["clients_client.data_key"])
        killed.kill()
        killed.communicate(timeout=10)
        assert killed.returncode == -signal.SIGKILL
    assert under(old) == ["clients_client.data_key"]
    ended(rotation(installation))
    assert under(old) == []
    installation.use(fresh)
    with organization_scope(studio.organization, SYSTEM):
        assert Client.objects.get(id=studio.client.id).name == "Ana García"
        assert Client.objects.count() == PEOPLE + 1
