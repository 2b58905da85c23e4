"""C1, C2: the server is killed around a call to the gateway; the comparison finds what became of the attempt."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments.models import PaymentIntent
from tests.gateways import GOOD_CARD
from tests.payments.paying import book, events, shop, start, stored
from tests.rest import ROOT, new_key
from tests.sandboxes import Sandbox
from tests.servers import killable
from tests.studio import Studio
from tests.workers import comes_true


@dataclass
class Place:
    """A server that may be killed, at an account of the test's own."""

    address: str
    kill: Callable[[], None]
    key: str

    def ask_and_kill(self, path: str, body: dict[str, Any], once: Callable[[], bool]) -> None:
        """Send a request whose answer never comes: all processes are killed as soon as `once` is true."""
        caller = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": "k"}

        def send() -> None:
            caller.request("POST", ROOT + path, json.dumps(body), headers)
            with pytest.raises((http.client.HTTPException, OSError)):
                caller.getresponse()

        sending = threading.Thread(target=send)
        sending.start()
        assert comes_true(once)
        self.kill()
        sending.join(30)
        caller.close()


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


@pytest.fixture
def place(studio: Studio, sandbox: Sandbox, settings: Settings, tmp_path: Path) -> Iterator[Place]:
    # Whoever was killed has no call under way: the comparison need not wait for it.
    settings.STRIPE_TIMEOUT_SECONDS, settings.STRIPE_RETRIES = 1, 0
    with killable(tmp_path / "log", environment={"STRIPE_API_KEY": sandbox.key}) as (address, kill):
        yield Place(address, kill, new_key(studio.organization))


def reconcile(studio: Studio) -> None:
    """An hour later."""
    with organization_scope(studio.organization, SYSTEM):
        PaymentIntent.objects.update(updated_at=clock.now() - timedelta(hours=1))
    report = payments.reconcile(clock.now() - timedelta(days=1), organization=studio.organization)
    assert (report.failed, report.alerts) == ([], {})


def only(studio: Studio) -> PaymentIntent:
    with organization_scope(studio.organization, SYSTEM):
        found: PaymentIntent = PaymentIntent.objects.get()
        return found


def arrived(sandbox: Sandbox, end: str) -> bool:
    return any(one["path"].endswith(end) for one in sandbox.seen())


def worked_on(sandbox: Sandbox) -> bool:
    return all(one["status"] for one in sandbox.seen())


@pytest.mark.parametrize("when", ["before", "after"])
def test_c1_killed_while_the_gateway_charges(place: Place, studio: Studio, sandbox: Sandbox, when: str) -> None:
    """Charged, and nobody was told; or never asked, and then nobody is charged."""
    booking = book(studio, status="held")
    intent = start(studio, booking)
    sandbox.fault("slow", "/v1/payment_intents/*/confirm", when=when, seconds=5)
    path = f"/payments/intents/{intent.id}/confirm"
    place.ask_and_kill(path, {"payment_method": GOOD_CARD}, lambda: arrived(sandbox, "/confirm"))
    assert stored(studio, intent).status == "processing"
    assert comes_true(lambda: worked_on(sandbox))  # what was sent is done, also when its sender is dead
    reconcile(studio)
    with organization_scope(studio.organization, SYSTEM):
        booking.refresh_from_db()
    assert [one["charges"] for one in sandbox.money()] == [1]
    assert (stored(studio, intent).status, booking.status) == ("succeeded", "confirmed")
    assert events(studio) == ["payment.created", "payment.succeeded"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_c2_killed_while_it_is_announced(place: Place, studio: Studio, sandbox: Sandbox, when: str) -> None:
    booking = book(studio, status="held")
    sandbox.fault("slow", "/v1/payment_intents", when=when, seconds=5)
    wanted = {"booking": str(booking.id), "method": "card"}
    place.ask_and_kill("/payments/intents", wanted, lambda: arrived(sandbox, "/payment_intents"))
    assert only(studio).gateway_id == ""
    assert comes_true(lambda: worked_on(sandbox))
    reconcile(studio)
    assert (only(studio).status, bool(only(studio).gateway_id)) == ("pending", True)
    assert [one["charges"] for one in sandbox.money()] == [0]


def test_c2_killed_before_the_call(place: Place, studio: Studio, sandbox: Sandbox) -> None:
    """The connection is cut before anything arrives, and nobody lives to say so: it is given up, nothing is charged."""
    booking = book(studio, status="held")
    sandbox.fault("timeout", "/v1/payment_intents", when="before", seconds=60)
    wanted = {"booking": str(booking.id), "method": "card"}
    place.ask_and_kill("/payments/intents", wanted, lambda: arrived(sandbox, "/payment_intents"))
    reconcile(studio)
    assert only(studio).status == "cancelled"
    assert events(studio) == ["payment.created", "payment.cancelled"]
    assert sandbox.money() == []
