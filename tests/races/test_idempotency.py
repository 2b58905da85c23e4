"""One key, many senders, over HTTP to real server processes, which are killed and cut off: one effect, one answer.

Named by the rows of the matrix. Each has a control in which the guard is off and there are several effects.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings

from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from payments.models import Refund
from professionals.models import Location
from tests.gateways import Wire, given_back, wire_to
from tests.payments.paying import STAFF, paid, shop
from tests.races.callers import Answer, Ask, Server, counted
from tests.rest import ROOT, new_key
from tests.servers import gunicorn, killable
from tests.studio import Studio
from tests.wires import cutting

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
PLACE = Ask("/locations", {"name": "Studio", "timezone": "UTC"}, headers=KEY)
FLIGHT = (409, "idempotency_in_flight")
CLIENTS = 50


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def count(studio: Studio, model: type[Any]) -> int:
    with organization_scope(studio.organization, STAFF):
        return int(model.objects.count())


def a_fifth(studio: Studio, **headers: str) -> Ask:
    """A refund of a fifth of what was paid, under the same key unless another is given."""
    intent = paid(studio, method="cash")
    return Ask(
        "/payments/refunds",
        {"intent": str(intent.id), "amount": {"amount_cents": 1500, "currency": "USD"}},
        headers=KEY | headers,
    )


@dataclass
class Sender:
    """One caller with one key of the API, who asks one thing after the other."""

    address: str
    bearer: str

    def connect(self, ask: Ask) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"} | ask.headers
        connection.request(ask.method, ROOT + ask.path, json.dumps(ask.body), headers)
        return connection

    def ask(self, ask: Ask) -> Answer:
        with closing(self.connect(ask)) as connection:
            answer = connection.getresponse()
            content, replayed = answer.read(), answer.getheader("Idempotent-Replayed") == "true"
        return Answer(answer.status, json.loads(content), content, replayed)

    def ask_until_answered(self, ask: Ask, seconds: float = 20) -> Answer:
        """As a client does that is told to come again: the same, under the same key."""
        deadline = time.monotonic() + seconds
        while (found := self.ask(ask)).status == 503 or counted([found]).keys() == {FLIGHT}:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        return found


@pytest.mark.parametrize("asked", ["a location", "a refund"])
def test_a12_fifty_at_once_are_one(organization: Organization, server: Server, asked: str) -> None:
    studio = shop(organization)
    ask, model = (PLACE, Location) if asked == "a location" else (a_fifth(studio), Refund)
    bearer = new_key(organization)
    ask = Ask(ask.path, ask.body, headers=ask.headers | {"Authorization": f"Bearer {bearer}"})
    answers = server.ask_at_once(studio, [ask] * CLIENTS)
    assert set(counted(answers)) <= {(201, ""), FLIGHT}
    first = [answer for answer in answers if answer.status == 201 and not answer.replayed]
    assert (len(first), count(studio, model)) == (1, 1)
    sender = Sender(server.address, bearer)
    later = [*[answer for answer in answers if answer.replayed], *[sender.ask(ask) for _ in range(3)]]
    assert {(answer.status, answer.content) for answer in later} == {(201, first[0].content)}
    assert all(answer.replayed for answer in later)


def test_control_without_the_same_key_all_are_carried_out(studio: Studio, server: Server) -> None:
    answers = server.ask_at_once(studio, [Ask(PLACE.path, PLACE.body)] * CLIENTS)
    assert (counted(answers), count(studio, Location)) == ({(201, ""): CLIENTS}, CLIENTS)
    ask = a_fifth(studio)
    asks = [Ask(ask.path, ask.body, headers={"Idempotency-Key": f"key-{number}"}) for number in range(10)]
    answers = server.ask_at_once(studio, asks)
    assert (counted(answers)[201, ""], count(studio, Refund)) == (5, 5)


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Wire]:
    with wire_to(settings) as wire:
        yield wire


@contextmanager
def served_through(wire: Wire, log: Path) -> Iterator[tuple[str, Any]]:
    with killable(log, environment={"STRIPE_API_BASE": wire.address, "STRIPE_RETRIES": "0"}) as served:
        yield served


def by_card(studio: Studio) -> tuple[Ask, str]:
    """A refund of a fifth of what was paid by card, and the gateway's name of the payment."""
    intent = paid(studio)
    body = {"intent": str(intent.id), "amount": {"amount_cents": 1500, "currency": "USD"}}
    return Ask("/payments/refunds", body, headers=KEY), intent.gateway_id


def is_the_call(wire: Wire) -> bool:
    return wire.seen[-1].method == "POST" and wire.seen[-1].path.endswith("/refunds")


def test_a18_whoever_hangs_up_finds_the_first_effect(studio: Studio, gateway: Wire, tmp_path: Path) -> None:
    ask, paid_as = by_card(studio)
    arrived, left = threading.Event(), threading.Event()

    def hold() -> None:
        if is_the_call(gateway):
            arrived.set()
            left.wait(20)

    with served_through(gateway, tmp_path / "log") as (address, _):
        sender = Sender(address, new_key(studio.organization))
        gateway.look = hold
        connection = sender.connect(ask)
        assert arrived.wait(20)
        connection.close()
        assert counted([sender.ask(ask)]).keys() == {FLIGHT}
        left.set()
        found = sender.ask_until_answered(ask)
    assert (found.status, found.replayed, count(studio, Refund)) == (201, True, 1)
    assert given_back(paid_as) == [1500]


@pytest.mark.parametrize("fault", [None, "unsent"], ids=["after its effect", "before its effect"])
@pytest.mark.parametrize("key", ["the same", "another"])
def test_a_killed_server_leaves_a_claim_that_is_taken_over(
    studio: Studio, gateway: Wire, tmp_path: Path, fault: str | None, key: str
) -> None:
    """By kill -9 in the gateway's call. With another key, the control, it is another refund."""
    ask, paid_as = by_card(studio)
    bearer = new_key(studio.organization)
    with served_through(gateway, tmp_path / "log") as (address, kill):

        def dies() -> None:
            if is_the_call(gateway):
                kill()

        gateway.look, gateway.fault = dies, lambda request: fault if request.path.endswith("/refunds") else None
        with pytest.raises(OSError):  # noqa: PT011 (reset, or closed without an answer)
            Sender(address, bearer).ask(ask)
    gateway.look, gateway.fault = lambda: None, lambda request: None
    with served_through(gateway, tmp_path / "log") as (address, _):
        sender = Sender(address, bearer)
        assert counted([sender.ask(ask)]).keys() == {FLIGHT}
        with organization_scope(studio.organization, STAFF):
            assert KeyedRequest.objects.filter(status=None).update(lease_until=clock.now()) == 1
        if key == "another":
            ask = Ask(ask.path, ask.body, headers={"Idempotency-Key": "another"})
        found = sender.ask_until_answered(ask)
    assert (found.status, found.replayed) == (201, False)
    expected = 1 if key == "the same" else 2
    assert count(studio, Refund) == expected
    assert given_back(paid_as) == [1500] * (expected - (key == "another" and fault == "unsent"))


@pytest.mark.parametrize("mode", ["lost", "unsent"])
@pytest.mark.parametrize("step", ['INSERT INTO "payments_refund"', 'UPDATE "payments_refund"'])
def test_c6_an_unknown_commit_of_money_is_looked_up(studio: Studio, tmp_path: Path, mode: str, step: str) -> None:
    """Of the refund's claim, or of its record with the answer."""
    ask, paid_as = by_card(studio)
    with cutting(step, mode) as wire, gunicorn(tmp_path / "log", workers=1, environment=wire.environment) as address:
        sender = Sender(address, new_key(studio.organization))
        assert sender.ask(ask).status == 503
        assert wire.cuts == 1
        found = sender.ask_until_answered(ask)
        assert sender.ask(ask) == Answer(201, found.body, found.content, replayed=True)
    assert (found.status, count(studio, Refund), given_back(paid_as)) == (201, 1, [1500])


@pytest.mark.parametrize(("mode", "is_replay"), [("lost", True), ("unsent", False)])
def test_c6_an_unknown_commit_is_looked_up(studio: Studio, tmp_path: Path, mode: str, is_replay: bool) -> None:
    words = 'INSERT INTO "professionals_location"'
    with cutting(words, mode) as wire, gunicorn(tmp_path / "log", workers=1, environment=wire.environment) as address:
        sender = Sender(address, new_key(studio.organization))
        assert (sender.ask(PLACE).status, wire.cuts) == (503, 1)
        found = sender.ask_until_answered(PLACE)
    assert (found.status, found.replayed, count(studio, Location)) == (201, is_replay, 1)


def test_control_of_an_unknown_commit_without_a_key_there_are_two(studio: Studio, tmp_path: Path) -> None:
    words, ask = 'INSERT INTO "professionals_location"', Ask(PLACE.path, PLACE.body)
    with cutting(words, "lost") as wire, gunicorn(tmp_path / "log", workers=1, environment=wire.environment) as address:
        sender = Sender(address, new_key(studio.organization))
        assert sender.ask(ask).status == 503
        assert sender.ask_until_answered(ask).status == 201
    assert count(studio, Location) == 2
