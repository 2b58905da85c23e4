"""A thousand requests at once to four server processes: exactly as many as the limit says are let through.

The requests are read, so that what is counted is the limit and not the queue for a calendar.
"""

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from authspine.identity.models import Organization
from tests.rest import ROOT, new_key
from tests.servers import gunicorn

REQUESTS, CALLERS, LIMIT = 1000, 100, 100


@dataclass(frozen=True)
class Told:
    status: int
    headers: Mapping[str, str]


@contextmanager
def four(log: Path, **told: str) -> Iterator[str]:
    """Four processes; their address."""
    with gunicorn(log, workers=4, environment={"DATABASE_POOL_MAX": "4", **told}) as address:
        yield address


def ask_at_once(address: str, key: str) -> list[Told]:
    gate, answers = threading.Barrier(CALLERS), list[Told]()

    def ask() -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.connect()
        gate.wait()
        for _ in range(REQUESTS // CALLERS):
            connection.request("GET", f"{ROOT}/clients", headers={"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            answer.read()
            answers.append(Told(answer.status, dict(answer.getheaders())))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return answers


def test_a22_as_many_as_the_limit_says_are_let_through(organization: Organization, tmp_path: Path) -> None:
    """(A22)"""
    with four(tmp_path / "gunicorn.log", RATE_LIMITS=f"read={LIMIT}/5minutes") as address:
        answers = ask_at_once(address, new_key(organization, "read"))
    allowed = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 429]
    assert (len(allowed), len(refused)) == (LIMIT, REQUESTS - LIMIT)
    # Each of those let through had one of what was left, and none of them the same.
    assert sorted(int(answer.headers["RateLimit-Remaining"]) for answer in allowed) == list(range(LIMIT))
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {str(LIMIT)}
    assert {answer.headers["RateLimit-Remaining"] for answer in refused} == {"0"}
    assert all(0 < int(answer.headers["Retry-After"]) <= 300 for answer in refused)
    assert all(answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"] for answer in refused)


def test_control_with_the_frameworks_throttle_more_are_let_through(organization: Organization, tmp_path: Path) -> None:
    """It reads what is counted and then writes it: many read the same."""
    told = {"DJANGO_SETTINGS_MODULE": "tests.races.throttled", "THROTTLE_CACHE": str(tmp_path / "cache")}
    with four(tmp_path / "gunicorn.log", **told) as address:
        answers = ask_at_once(address, new_key(organization, "read"))
    assert sum(answer.status == 200 for answer in answers) > LIMIT
