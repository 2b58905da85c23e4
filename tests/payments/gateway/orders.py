"""What the tests of the gateway ask it for."""

from typing import Any
from uuid import UUID

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from payments import gateway
from payments.gateway import Order, Seen
from payments.rules import IntentStatus

PRICE = Money(7500, "USD")


def opened(amount: Money = PRICE, method: str = "card", **more: Any) -> tuple[UUID, str]:
    """An attempt that is announced, as we and as the gateway call it."""
    intent = new_id()
    return intent, gateway.open_intent(Order(intent, amount, method, {"booking": "b"}, **more))


def pay(intent: UUID, gateway_id: str, payment_method: str, **more: Any) -> Seen:
    """As the journeys do: look, then ask."""
    return gateway.pay(intent, gateway.look(gateway_id), payment_method, **more)


def unseen(gateway_id: str = "pi_x") -> Seen:
    """An attempt that nobody has paid yet, for a call whose answer is not to arrive."""
    return Seen(gateway_id, IntentStatus.PENDING, PRICE)
