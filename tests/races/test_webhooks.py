"""Many deliveries at once, to real server processes: B1 (the same event), B12 (a burst of different ones)."""

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.orchestrator import payments
from payments import queries
from payments.actions import inbox
from payments.actions import intents as intent_actions
from payments.models import GatewayEvent
from tests import workers
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import book, events, shop, start, stored
from tests.payments.test_api_webhooks import signed
from tests.payments.webhooks import PATH, SECRET, Post, finished
from tests.races.test_holds import race
from tests.races.test_payments import unlocked
from tests.rest import ROOT
from tests.sandboxes import Sandbox
from tests.servers import gunicorn
from tests.studio import Studio

BURST, CALLERS, WORKERS = 1000, 20, 4


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


@contextmanager
def without_the_unique_id() -> Iterator[None]:
    """The constraint is away, and what came in twice meanwhile is taken out before it is back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'payments_gatewayevent'::regclass AND contype = 'u'"
        )
        ((name, restore),) = cursor.fetchall()
        cursor.execute(f"ALTER TABLE payments_gatewayevent DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            twice = "SELECT event_id FROM payments_gatewayevent GROUP BY event_id HAVING count(*) > 1"
            cursor.execute(f"DELETE FROM payments_gatewayevent WHERE event_id IN ({twice})")
            cursor.execute(f"ALTER TABLE payments_gatewayevent ADD CONSTRAINT {name} {restore}")


def test_b1_control_without_the_unique_id_it_is_worked_on_ten_times(endpoint: Endpoint) -> None:
    told = f"evt_{new_id().hex}"
    with without_the_unique_id():
        answers = endpoint.deliver([json.dumps({"id": told, "type": "thing.told"}).encode()] * 10, callers=10)
        rows = list(GatewayEvent.objects.filter(event_id=told))
        found = jobs(rows)
    for job in found:
        finished(job.id)
    assert [status for status, _ in answers] == [200] * 10
    assert len(rows) == len(found) == 10


def worked_on_by_several(studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One event, by several workers whom no lock keeps apart; what is told in the end.

    Whoever is about to write waits for the others to be there, too; with the mark they cannot get there.
    """
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    post, meeting, status_of = Post(sandbox), threading.Barrier(WORKERS), intent_actions._status_of
    for event in post.events("payment_intent.succeeded"):
        post.bring(event)
    [row] = post.rows()

    def meet(*args: Any) -> str:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(2)
        return status_of(*args)

    monkeypatch.setattr(queries, "lock_booking", unlocked)
    monkeypatch.setattr(queries, "lock_intent", queries.get)
    monkeypatch.setattr(intent_actions, "_status_of", meet)
    assert race(lambda _: payments.process_event(row.id), WORKERS) == {"ok": WORKERS}
    for job in jobs([row]):
        finished(job.id)
    return events(studio)


@pytest.fixture
def studio(organization: Organization, settings: Settings) -> Studio:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    return shop(organization)


def test_b1_the_mark_on_the_event_makes_it_one_effect(
    studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worked_on_by_several(studio, sandbox, monkeypatch) == ["payment.created", "payment.succeeded"]


def test_b1_control_without_the_mark_it_has_several_effects(
    studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place is taken by what is usually written: go by the state that was read, and write when all is done."""

    def as_read(event: GatewayEvent, state: str, **_: Any) -> bool:
        return event.state == GatewayEvent.State.RECEIVED

    monkeypatch.setattr(inbox, "finish", as_read)
    told = worked_on_by_several(studio, sandbox, monkeypatch)
    assert told == ["payment.created", *["payment.succeeded"] * WORKERS]


def test_b12_a_burst_of_a_thousand_events_is_kept(endpoint: Endpoint) -> None:
    """Each is acknowledged before anybody works on it.

    How fast is not judged, where others may be at work beside us; it is printed (shown by `pytest -rP`).
    """
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
