"""What the gateway's own books say of a payment: the balance transactions of its charge, refunds and disputes."""

from typing import Any
from uuid import UUID

import stripe

from payments.errors import NotThere
from payments.gateway.client import as_found, cents, services

MOST = 100  # on a page


class OtherCurrency(Exception):
    """The account is settled in another currency than was charged: its figures are no sums of ours."""


def balance_of(gateway_id: str, *, intent: UUID) -> tuple[int, int] | None:
    """What is left of a payment and what it has cost, in minor units of its currency; None where there is no such
    record, or another's. Raises OtherCurrency, GatewayUnavailable.

    Every movement is read for itself, and none of the sums that the gateway shows on the payment.
    """
    gateway = services()
    try:
        with as_found():
            found = gateway.payment_intents.retrieve(gateway_id).to_dict()
            if (found.get("metadata") or {}).get("intent") != str(intent):
                return None
            moved = _movements(gateway, gateway_id, _id(found.get("latest_charge")))
    except NotThere:
        return None
    currency = found["currency"]
    if any(one["currency"] != currency for one in moved.values()):
        raise OtherCurrency
    return (
        sum(cents(one["net"], currency) for one in moved.values()),
        sum(cents(one["fee"], currency) for one in moved.values()),
    )


def _movements(gateway: stripe.V1Services, gateway_id: str, charge: str) -> dict[str, Any]:
    """By id, since some are found on two ways."""
    of_charge: Any = {"source": charge, "limit": MOST}
    moved: list[Any] = []
    if charge:
        moved += [one.to_dict() for one in gateway.balance_transactions.list(of_charge).auto_paging_iter()]
    of_intent: Any = {"payment_intent": gateway_id, "limit": MOST}
    for refund in gateway.refunds.list(of_intent | {"expand": ["data.balance_transaction"]}).auto_paging_iter():
        told = refund.to_dict()
        moved.append(told.get("balance_transaction"))
        if undone := told.get("failure_balance_transaction"):  # cannot be expanded where there is none
            moved.append(gateway.balance_transactions.retrieve(_id(undone)).to_dict())
    for dispute in gateway.disputes.list(of_intent).auto_paging_iter():
        moved += dispute.to_dict().get("balance_transactions") or []
    return {one["id"]: one for one in moved if isinstance(one, dict)}


def _id(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else value or ""
