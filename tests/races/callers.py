"""Many callers at once over HTTP, to real server processes: each with a connection of its own, all let go at once."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from authspine.identity.actions import create_api_key
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from tests.rest import ROOT
from tests.studio import Studio


@dataclass(frozen=True)
class Ask:
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0  # seconds after all are let go


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    content: bytes = b""
    replayed: bool = False

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))


def counted(answers: Iterable[Answer]) -> Counter[tuple[int, str]]:
    return Counter((answer.status, answer.code) for answer in answers)


@dataclass(frozen=True)
class Server:
    """Several processes on the database of this test worker, and what they log."""

    address: str
    log: Path

    def ask_at_once(self, studio: Studio, asks: Sequence[Ask]) -> list[Answer]:
        """The answers, in the order of what was asked. Nothing of it breaks: no traceback, no deadlock."""
        _, key = create_api_key(studio.organization, scope="write")
        before, gate = deadlocks(), threading.Barrier(len(asks))
        answers: dict[int, Answer] = {}

        def ask(number: int, wanted: Ask) -> None:
            connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
            connection.connect()
            gate.wait()
            time.sleep(wanted.after)
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} | wanted.headers
            body = None if wanted.method == "DELETE" else json.dumps(wanted.body)
            connection.request(wanted.method, ROOT + wanted.path, body, headers)
            answer = connection.getresponse()
            content, replayed = answer.read(), answer.getheader("Idempotent-Replayed") == "true"
            answers[number] = Answer(answer.status, json.loads(content or b"{}"), content, replayed)
            connection.close()

        threads = [threading.Thread(target=ask, args=one) for one in enumerate(asks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        assert deadlocks() == before
        assert "Traceback" not in self.log.read_text()
        return [answers[number] for number in range(len(asks))]


def deadlocks() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def several_clients(studio: Studio, count: int) -> list[str]:
    """So many, committed; their ids. Of one client alone the holds would wait for each other whatever they are of."""
    with organization_scope(studio.organization, SYSTEM):
        registered = (clients.register(email=f"c{number}@example.com", name="C") for number in range(count))
        return [str(client.id) for client in registered]
