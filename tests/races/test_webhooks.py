"""Many deliveries at once, to real server processes: B1 (the same event), B12 (a burst of different ones)."""

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from payments.models import GatewayEvent
from tests import workers
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import book, events, shop, start, stored
from tests.payments.test_api_webhooks import signed
from tests.payments.webhooks import PATH, SECRET, Post
from tests.rest import ROOT
from tests.sandboxes import Sandbox
from tests.servers import gunicorn

BURST, CALLERS = 1000, 20


@dataclass(frozen=True)
class Endpoint:
    """The product as it is served, with the account of the test's own."""

    address: str
    log: Path
    environment: dict[str, str]

    def deliver(self, bodies: list[bytes], callers: int) -> list[tuple[int, float]]:
        """Each once, by so many at once; the status and the seconds of each answer."""
        answers: list[tuple[int, float]] = []
        gate, waiting = threading.Barrier(callers), list(bodies)

        def call() -> None:
            caller = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
            caller.connect()
            gate.wait()
            while waiting:
                try:
                    body = waiting.pop()
                except IndexError:
                    break
                headers = {"Content-Type": "application/json", "Connection": "keep-alive"} | signed(body)
                started = time.monotonic()
                caller.request("POST", ROOT + PATH, body, headers)
                answer = caller.getresponse()
                answer.read()
                answers.append((answer.status, time.monotonic() - started))
            caller.close()

        threads = [threading.Thread(target=call) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert "Traceback" not in self.log.read_text()
        return answers


@pytest.fixture
def endpoint(sandbox: Sandbox, tmp_path: Path) -> Iterator[Endpoint]:
    environment = {"STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_KEY": sandbox.key}
    with gunicorn(tmp_path / "gunicorn.log", environment=environment) as address:
        yield Endpoint(address, tmp_path / "gunicorn.log", environment)


def jobs(rows: list[GatewayEvent]) -> list[ProcrastinateJob]:
    ids = [str(row.id) for row in rows]
    return list(ProcrastinateJob.objects.filter(task_name="payments.process_event", args__event__in=ids))


def test_b1_one_event_ten_times_at_once_is_one_effect(
    organization: Organization, sandbox: Sandbox, endpoint: Endpoint, tmp_path: Path
) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    post = Post(sandbox)
    told = post.events("payment_intent.succeeded", "charge.succeeded")
    bodies = [post.signed(event)[0] for event in told]
    answers = endpoint.deliver(bodies * 10, callers=20)
    assert [status for status, _ in answers] == [200] * 20
    rows = list(GatewayEvent.objects.filter(event_id__in=told))
    assert len(rows) == len(jobs(rows)) == 2
    with (
        workers.running(tmp_path / "one", endpoint.environment),
        workers.running(tmp_path / "two", endpoint.environment),
    ):
        assert workers.comes_true(lambda: {job.status for job in jobs(rows)} == {"succeeded"})
    assert set(GatewayEvent.objects.filter(event_id__in=told).values_list("state", flat=True)) == {"done"}
    assert stored(studio, intent).status == "succeeded"
    assert events(studio) == ["payment.created", "payment.succeeded"]


def test_b12_a_burst_of_a_thousand_events_is_kept(endpoint: Endpoint) -> None:
    """Each is acknowledged before anybody works on it; how fast is printed, and not judged here."""
    mark = new_id().hex
    bodies = [json.dumps({"id": f"evt_{mark}_{number}", "type": "thing.told"}).encode() for number in range(BURST)]
    answers = endpoint.deliver(bodies, CALLERS)
    assert Counter(status for status, _ in answers) == {200: BURST}
    rows = list(GatewayEvent.objects.filter(event_id__startswith=f"evt_{mark}_"))
    assert len(rows) == len(jobs(rows)) == BURST
    took = sorted(seconds for _, seconds in answers)
    figures = f"p50 {took[BURST // 2]:.3f} s, p99 {took[BURST * 99 // 100]:.3f} s, at most {took[-1]:.3f} s"
    sys.stdout.write(f"Acknowledged: {figures}\n")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'event' = ANY(%s)", [[str(row.id) for row in rows]])
