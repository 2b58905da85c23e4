"""A hundred clients want the same time over HTTP: one gets it, and nothing breaks.

The control, in which several win, is in test_holds.py.
"""

import http.client
import json
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections

from authspine.identity.actions import create_api_key
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking, Occupancy, Session
from tests.servers import gunicorn
from tests.studio import open_studio

CLIENTS = 100


def deadlocks() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def post_at_once(address: str, key: str, path: str, body: dict[str, str]) -> Counter[tuple[int, str]]:
    """The same request from as many connections, all let go at once; counts status and code."""
    gate, answers = threading.Barrier(CLIENTS), Counter[tuple[int, str]]()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask() -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.connect()
        gate.wait()
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answers[answer.status, json.loads(answer.read()).get("code", "")] += 1
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return answers


@pytest.mark.parametrize("capacity", [1, 10])
def test_a_hundred_clients_want_the_same_time(organization: Organization, tmp_path: Path, capacity: int) -> None:
    studio = open_studio(organization, capacity=capacity)
    _, key = create_api_key(organization, scope="write")
    before = deadlocks()
    wanted = {
        "client": str(studio.client.id),
        "service": str(studio.service.id),
        "starts_at": studio.at(10).isoformat(),
    }
    with gunicorn(tmp_path / "gunicorn.log") as address:
        answers = post_at_once(address, key, "/api/platform/bookings", wanted)
    assert answers == {(201, ""): capacity, (409, "slot_taken"): CLIENTS - capacity}
    assert deadlocks() == before
    assert "Traceback" not in (tmp_path / "gunicorn.log").read_text()
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.count() == Session.objects.get().seats_taken == capacity
        assert Occupancy.objects.filter(active=True).count() == 1
