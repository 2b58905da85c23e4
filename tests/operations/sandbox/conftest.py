"""The sandbox in its own process, spoken to by the real SDK; each test has an account of its own."""

from typing import Any

import pytest
import stripe

from tests.sandboxes import Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> stripe.V1Services:
    return sandbox.client().v1


@pytest.fixture
def pay(api: stripe.V1Services) -> Any:
    """A payment with this card, in one call."""

    def paid(card: str = "pm_card_visa", amount: int = 7500, **more: Any) -> stripe.PaymentIntent:
        told: Any = {
            "amount": amount,
            "currency": "usd",
            "payment_method_types": ["card"],
            "payment_method": card,
            "confirm": True,
        }
        key = more.pop("key", None)
        return api.payment_intents.create(told | more, {"idempotency_key": key} if key else {})

    return paid
