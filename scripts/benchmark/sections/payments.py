"""Paid bookings, one after the other: hold, start, confirm, and the event that tells of it, against the sandbox.

Beside them the same statements, sent as they are, and the same requests, without the platform: what is left is what the
platform itself costs.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.operations.stripe_server import SandboxServer
from authspine.orchestrator import bookings, payments
from authspine.orchestrator.payments.receiving import process_event
from benchmark.business import Business
from benchmark.load import Side, take_turns
from benchmark.sections import Sizes
from benchmark.table import Table
from payments import gateway
from payments.actions import inbox
from payments.models import GatewayEvent

CARD = "pm_card_visa"
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_TIME = re.compile(r"'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00:00)'")
_THERE = re.compile(r"\b(pi|evt|ch|txn)_[0-9a-f]{24}\b")


def measure(sizes: Sizes) -> None:
    with sandbox() as address:
        business = Business("Paid", bookings=1000, professionals=20)
        Paid(business).book()
        recorded = Recording(business, address)
        platform, bare = Side(Paid(business).book), Side(recorded.replay)
        take_turns("paid bookings", [platform, bare], rounds=sizes.rounds, calls=max(5, sizes.calls // 4))
        recorded.clear_away()
    table = Table(
        "Paid bookings: hold, start, confirm, event", ["payments/s", "p50 ms", "p95 ms", "statements", "ratio"]
    )
    ratio = bare.p(0.5) / platform.p(0.5)
    table.row("platform", 1000 / platform.p(0.5), platform.p(0.5), platform.p(0.95), len(recorded.statements), ratio)
    table.row("by hand", 1000 / bare.p(0.5), bare.p(0.5), bare.p(0.95), len(recorded.statements))
    table.show()


@contextmanager
def sandbox() -> Iterator[str]:
    """A Stripe of this section's own; its address."""
    with tempfile.TemporaryDirectory() as folder:
        server = SandboxServer(Path(folder), durable=False)
        server.ensure_running()
        for name, value in server.environment().items():
            os.environ[name] = value
            setattr(settings, name, value)
        try:
            yield settings.STRIPE_API_BASE
        finally:
            server.stop()


class Paid:
    """The platform's own journeys."""

    def __init__(self, business: Business) -> None:
        self.business = business

    def book(self) -> str:
        """Gives what the gateway calls the payment."""
        business = self.business
        offered, starts_at = next(business.times)
        with organization_scope(business.organization, SYSTEM):
            booking = bookings.hold(
                client=UUID(business.clients[0]), service=UUID(offered.id), starts_at=datetime.fromisoformat(starts_at)
            )
        intent = payments.start(business.organization, SYSTEM, booking=booking.id, method="card", payment_method=CARD)
        payments.confirm(business.organization, SYSTEM, intent.id)
        self.hear_of(intent.gateway_id, intent.id)
        return intent.gateway_id

    def hear_of(self, payment: str, intent: UUID) -> None:
        """The event is made here: the sandbox would send it a moment later."""
        facts = {"id": payment, "object": "payment_intent", "intent": str(intent)}
        facts |= {"organization": str(self.business.organization.id)}
        event_id = f"evt_{secrets.token_hex(12)}"
        told = gateway.Told(event_id, "payment_intent.succeeded", "", False, "", clock.now(), facts)
        inbox.receive(told, now=clock.now())
        process_event(GatewayEvent.objects.get(event_id=event_id).id)


class Recording:
    """What one paid booking sends to the database, to be sent again about another time, with ids of its own."""

    def __init__(self, business: Business, address: str) -> None:
        self.web, self.address = requests.Session(), f"{address}/v1"
        self.web.headers["Authorization"] = f"Bearer {settings.STRIPE_API_KEY}"
        self.organization, self.replays = str(business.organization.id), 0
        self.began, before = clock.now(), len(self.requests())
        with CaptureQueriesContext(connection) as captured:
            self.payment = Paid(business).book()
        self.statements = [query["sql"] for query in captured.captured_queries]
        asked = self.requests()[before:]
        self.pay()
        if asked != self.requests()[before + len(asked) :]:
            raise RuntimeError(f"The platform asks for something else than what is asked for by hand: {asked}")

    def requests(self) -> list[tuple[str, str]]:
        """What has been asked of the sandbox, with the payment's id left out."""
        told = self.web.get(self.address.replace("/v1", "/_sandbox/requests"), timeout=20).json()["requests"]
        return [(one["method"], re.sub(r"/pi_\w+", "/pi", one["path"])) for one in told]

    def replay(self) -> None:
        """Send it all again. The requests come first; it is the same to both servers."""
        self.replays += 1
        known: dict[str, str] = {self.payment: self.pay()}
        later = timedelta(days=400, hours=self.replays)
        with connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(self.renewed(statement, known, later))

    def renewed(self, statement: str, known: dict[str, str], later: timedelta) -> str:
        """With new ids where they are of the recording, and every time that is still to come so much later."""
        statement = _UUID.sub(lambda found: self.new_uuid(found[0], known), statement)
        statement = _THERE.sub(
            lambda found: known.setdefault(found[0], f"{found[1]}_{secrets.token_hex(12)}"), statement
        )
        return _TIME.sub(lambda found: f"'{self.later(found[1], later)}'", statement)

    def new_uuid(self, text: str, known: dict[str, str]) -> str:
        plain = text.replace("-", "")
        # The ids carry their time: those that are older were there before.
        if int(plain[:12], 16) < int(self.began.timestamp() * 1000):
            return text
        fresh = known.setdefault(plain, new_id().hex)
        return str(UUID(fresh)) if "-" in text else fresh

    def later(self, text: str, by: timedelta) -> str:
        at = datetime.fromisoformat(text)
        return str(at + by) if at > self.began + timedelta(hours=1) else text

    def pay(self) -> str:
        """The platform's requests, by hand."""
        ids = {"metadata[organization]": self.organization, "metadata[intent]": str(new_id())}
        order = {"amount": "7500", "currency": "usd", "payment_method_types[]": "card", **ids}
        payment: str = self.post("payment_intents", order)["id"]
        expand = {"expand[]": "latest_charge.balance_transaction"}
        self.get(f"payment_intents/{payment}", expand)
        self.post(f"payment_intents/{payment}", {"payment_method": CARD})
        self.post(f"payment_intents/{payment}/confirm", expand)
        self.get(f"payment_intents/{payment}", expand)
        self.get("refunds", {"payment_intent": payment, "limit": "100"})
        return payment

    def post(self, path: str, form: dict[str, str]) -> Any:
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = self.web.post(f"{self.address}/{path}", data=form, headers=key, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str, asked: dict[str, str]) -> Any:
        answer = self.web.get(f"{self.address}/{path}", params=asked, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def clear_away(self) -> None:
        """The jobs that nobody will do."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name LIKE 'payments.%'")
