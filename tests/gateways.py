"""The gateway that payments are tested against: the sandbox in a process of its own, reached by the real SDK over HTTP.

It is started with the tests (`tests.environment`); here is what they need to look behind the platform's back.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from pytest_django.fixtures import Settings

from tests.sandboxes import shared
from tests.servers import free_port

# Both are names that Stripe gives for tests; the second can be kept on file, and is declined when it is charged.
GOOD_CARD = "pm_card_visa"
DECLINED_CARD = "pm_card_chargeCustomerFail"


def witness() -> stripe.V1Services:
    """A client of the tests' own, to see what the gateway really has."""
    base: str = configured.STRIPE_API_BASE
    return stripe.StripeClient(configured.STRIPE_API_KEY, base_addresses={"api": base}).v1


def charged(booking: object) -> list[int]:
    """The amounts that were really charged for a booking, by the id in their metadata."""
    found = witness().payment_intents.list({"limit": 100}).auto_paging_iter()
    ours = (intent for intent in found if intent.metadata and intent.metadata.to_dict().get("booking") == str(booking))
    return [intent.amount for intent in ours if intent.status == "succeeded"]


def given_back(gateway_id: str) -> list[int]:
    """The amounts that were really refunded of one payment, smallest first."""
    found = witness().refunds.list({"payment_intent": gateway_id, "limit": 100}).data
    return sorted(refund.amount for refund in found)


# Its owner is asked before this card is charged, unless it was set up.
APPROVED_FIRST = "4000002500003155"


def card(number: str) -> str:
    """A card with this number, as the gateway names it."""
    details: Any = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    return witness().payment_methods.create({"type": "card", "card": details}).id


def bank_account(name: str = "pm_usBankAccount") -> str:
    """An account whose owner has agreed to be debited, as the gateway names it."""
    told: Any = {
        "payment_method": name,
        "payment_method_types": [witness().payment_methods.retrieve(name).type],
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
        "confirm": True,
    }
    return str(witness().setup_intents.create(told).payment_method)


def approve(gateway_id: str, *, granted: bool = True) -> None:
    """The owner of the card approves the payment, or does not."""
    shared().approve(gateway_id, granted=granted)


def cut_off(settings: Settings) -> None:
    """Nobody listens at the gateway's address any more, until the test ends or `settings` are put right."""
    settings.STRIPE_RETRIES = 0
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"


# Among them what makes a repeated request the same one.
FORWARDED = ("Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version")


@dataclass(frozen=True)
class Request:
    """One request that the platform sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class Wire:
    """Between the platform and the sandbox: notes every request, and spoils those that `fault` gives a word for.

    `unsent`: the connection is cut before the request arrives; `lost`: it arrives, and the answer is cut off;
    `garbage`: the answer is no JSON; `empty`: an object without anything; a number: only that status, nothing done.
    """

    def __init__(self) -> None:
        self.seen: list[Request] = []
        self.fault: Callable[[Request], str | int | None] = lambda request: None
        self.look: Callable[[], None] = lambda: None
        self.target: str = configured.STRIPE_API_BASE
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                wire.answer(self)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 (names that http.server looks for)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def asked(self, ending: str) -> list[Request]:
        """The requests whose path ends so."""
        return [request for request in self.seen if request.path.partition("?")[0].endswith(ending)]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        request = Request(handler.command, handler.path, dict(handler.headers), body.decode())
        self.seen.append(request)
        self.look()
        fault = self.fault(request)
        if fault == "unsent":
            return
        status, content = self._forward(request, body) if not isinstance(fault, int) else (fault, b'{"error": {}}')
        if fault != "lost":
            self._reply(handler, status, {"garbage": b"<html>", "empty": b"{}"}.get(str(fault), content))

    def _forward(self, request: Request, body: bytes) -> tuple[int, bytes]:
        kept = {name: value for name, value in request.headers.items() if name in FORWARDED}
        connection = HTTPConnection(self.target.removeprefix("http://"), timeout=10)
        try:
            connection.request(request.method, request.path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _reply(self, handler: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@contextmanager
def wire_to(settings: Settings) -> Iterator[Wire]:
    """The platform speaks through a wire, and asks once."""
    wire = Wire()
    serving = threading.Thread(target=wire.server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    settings.STRIPE_API_BASE, settings.STRIPE_RETRIES = wire.address, 0
    try:
        yield wire
    finally:
        settings.STRIPE_API_BASE = wire.target
        wire.server.shutdown()
        serving.join()
        wire.server.server_close()


@pytest.fixture
def wire(settings: Settings) -> Iterator[Wire]:
    with wire_to(settings) as opened:
        yield opened
