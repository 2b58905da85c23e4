"""Money given back at the gateway."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authspine.kernel.money import Money
from payments.errors import GatewayRefused
from payments.gateway.client import as_found, in_our_words, key, services, units
from payments.gateway.seen import SeenRefund, ours, seen_refund


@dataclass(frozen=True)
class GivenBack:
    """What the gateway says of a refund: succeeded, or pending where the bank takes its time."""

    gateway_id: str
    status: str


def give_back(
    refund: UUID, gateway_id: str, amount: Money, *, metadata: dict[str, str], asked_before: bool = False
) -> GivenBack:
    """Refund part or all of a payment. One that was asked for before is looked for first, by the id that it carries.

    Raises GatewayRefused, GatewayUnavailable.
    """
    if asked_before and (known := _made(refund, gateway_id)):
        return _given_back(known)
    told = metadata | {"refund": str(refund)}
    order: Any = {"payment_intent": gateway_id, "amount": units(amount), "metadata": told}
    gateway = services()
    with in_our_words():
        return _given_back(seen_refund(gateway.refunds.create(order, key(refund, "refund"))))


def _made(refund: UUID, gateway_id: str) -> SeenRefund | None:
    of_it: Any = {"payment_intent": gateway_id, "limit": 100}
    gateway = services()
    with as_found():
        found = map(seen_refund, gateway.refunds.list(of_it).auto_paging_iter())
        return next((one for one in found if ours(one) == refund), None)


def _given_back(found: SeenRefund) -> GivenBack:
    if found.status == "failed":
        raise GatewayRefused(reason=found.reason or found.status)
    return GivenBack(found.gateway_id, found.status)
