"""What tests do behind the sandbox's back: faults, webhooks, the answers of banks and of cards' owners, its ledger."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from pytest_django.fixtures import Settings


@dataclass(frozen=True)
class Sandbox:
    """One account of a running sandbox. Every API key has its own, so what a test scripts reaches no other test."""

    address: str
    key: str

    def control(self, method: str, command: str, /, **words: Any) -> Any:
        """Fails with the sandbox's own words."""
        connection = HTTPConnection(self.address.removeprefix("http://"), timeout=30)
        try:
            headers = {"Authorization": f"Bearer {self.key}"}
            connection.request(method, f"/_sandbox/{command}", json.dumps(words), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            assert answer.status == 200, told
            return told
        finally:
            connection.close()

    def client(self, **more: Any) -> stripe.StripeClient:
        """The real SDK, which asks once."""
        usual: dict[str, Any] = {"max_network_retries": 0, "http_client": stripe.RequestsClient(timeout=5)}
        return stripe.StripeClient(self.key, base_addresses={"api": self.address}, **(usual | more))

    def fault(self, action: str, path: str = "*", *, when: str = "before", **more: Any) -> None:
        self.control("POST", "faults", action=action, path=path, when=when, **more)

    def approve(self, intent: str, *, granted: bool = True) -> None:
        """The owner of the card says yes or no."""
        self.control("POST", "approve", intent=intent, answer="complete" if granted else "fail")

    def settle_debit(self, intent: str, outcome: str = "succeeds") -> None:
        """The bank has answered."""
        self.control("POST", "debits", payment_intent=intent, outcome=outcome)

    def settle_refund(self, refund: str, outcome: str = "succeeds") -> None:
        self.control("POST", "refunds", refund=refund, outcome=outcome)

    def money(self, **metadata: str) -> list[dict[str, Any]]:
        """Per intent with this metadata: charges, captured, refunded, fee, net."""
        found: list[dict[str, Any]] = self.control("POST", "ledger", metadata=metadata)["intents"]
        return found

    def seen(self) -> list[dict[str, Any]]:
        """The requests that came in, oldest first."""
        found: list[dict[str, Any]] = self.control("GET", "requests")["requests"]
        return found

    def told(self, *types: str) -> list[str]:
        """The types of the events, oldest first."""
        asked: Any = {"limit": 100} | ({"types": list(types)} if types else {})
        return [str(event.type) for event in self.client().v1.events.list(asked).data][::-1]


def shared() -> Sandbox:
    """The account that all tests have who do not ask for one of their own."""
    return Sandbox(configured.STRIPE_API_BASE, configured.STRIPE_API_KEY)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """An account of the test's own, which the platform uses too."""
    settings.STRIPE_API_KEY = f"sk_test_{secrets.token_hex(8)}"
    opened = shared()
    yield opened
    opened.control("POST", "reset")
