"""What the gateway says of a payment: the whole of it, as it is now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import stripe

from authspine.kernel.money import Money
from payments.errors import GatewayUnavailable
from payments.gateway.client import cents
from payments.rules import IntentStatus

# So that one look tells of the charge and what it cost.
EXPAND: Final = ["latest_charge.balance_transaction"]

STATUSES: Final = {
    "requires_payment_method": IntentStatus.PENDING,
    "requires_confirmation": IntentStatus.PENDING,
    "requires_action": IntentStatus.REQUIRES_ACTION,
    "processing": IntentStatus.PROCESSING,
    "requires_capture": IntentStatus.AUTHORIZED,
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELLED,
}
REFUNDS: Final = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
DISPUTES: Final = {"won": "won", "lost": "lost", "warning_closed": "won", "prevented": "won"}


@dataclass(frozen=True)
class SeenRefund:
    """One refund: ours by the id that it carries, or made by somebody at the gateway."""

    gateway_id: str
    cents: int
    status: str
    ours: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SeenDispute:
    """One dispute, and how much of the money it holds now."""

    gateway_id: str
    cents: int
    status: str
    withdrawn: int
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """A payment intent. Amounts are in minor units; `fees` is None until the gateway has settled them in its currency.

    `intent` and `organization` are what its metadata says, empty where it says nothing.
    """

    gateway_id: str
    status: IntentStatus
    amount: Money
    captured: int = 0
    fees: int | None = None
    livemode: bool = False
    intent: str = ""
    organization: str = ""
    payment_method: str = ""
    next_action_url: str = ""
    failure_code: str = ""
    failure_detail: str = ""
    refunds: tuple[SeenRefund, ...] | None = None  # None: not looked at
    disputes: tuple[SeenDispute, ...] | None = None
    charge: str = field(default="", repr=False)
    is_disputed: bool = False


def seen(found: stripe.PaymentIntent, **more: Any) -> Seen:
    """An intent in our words. Raises GatewayUnavailable for a state that is not known."""
    told = found.to_dict()
    status = STATUSES.get(told["status"])
    if status is None:
        raise GatewayUnavailable
    charge, error = told.get("latest_charge"), told.get("last_payment_error") or {}
    charge = charge if isinstance(charge, dict) else {"id": charge or ""}
    currency, metadata = told["currency"].upper(), told.get("metadata") or {}
    return Seen(
        gateway_id=told["id"],
        status=status,
        amount=Money(cents(told["amount"], currency), currency),
        captured=_captured(told, status, currency),
        fees=_own_fees(charge.get("balance_transaction"), told.get("amount_received"), currency),
        livemode=bool(told.get("livemode")),
        intent=metadata.get("intent", ""),
        organization=metadata.get("organization", ""),
        payment_method=_id(told.get("payment_method")),
        next_action_url=_action(told.get("next_action") or {}),
        failure_code=error.get("decline_code") or error.get("code") or "",
        failure_detail=error.get("message") or "",
        charge=_id(charge),
        is_disputed=bool(charge.get("disputed")),
        **more,
    )


def _captured(told: dict[str, Any], status: IntentStatus, currency: str) -> int:
    received = told.get("amount_received")
    if received is None:  # not every server counts it
        received = told["amount"] if status is IntentStatus.SUCCEEDED else 0
    return cents(received, currency)


def _own_fees(movement: Any, received: int | None, currency: str) -> int | None:
    """None also where it was captured in several pieces: a charge names the movement of one."""
    if received is not None and isinstance(movement, dict) and movement.get("amount", received) != received:
        return None
    return _fees([movement], currency)


def _fees(movements: Iterable[Any], currency: str) -> int | None:
    """Their sum. None while one of them is not settled, or settled in another currency than was charged."""
    total = 0
    for one in movements:
        if not isinstance(one, dict) or one.get("currency", "").upper() != currency:
            return None
        total += cents(one.get("fee", 0), currency)
    return total


def _action(told: dict[str, Any]) -> str:
    return (told.get("redirect_to_url") or {}).get("url") or ""


def _id(value: Any) -> str:
    return value.get("id", "") if isinstance(value, dict) else value or ""


def seen_refund(found: stripe.Refund) -> SeenRefund:
    told = found.to_dict()
    return SeenRefund(
        told["id"],
        cents(told["amount"], told["currency"]),
        REFUNDS.get(told.get("status") or "", "pending"),
        ours=(told.get("metadata") or {}).get("refund", ""),
        reason=told.get("failure_reason") or "",
    )


def seen_dispute(found: stripe.Dispute) -> SeenDispute:
    told = found.to_dict()
    currency = told["currency"]
    moved = [one for one in told.get("balance_transactions") or [] if isinstance(one, dict)]
    return SeenDispute(
        told["id"],
        cents(told["amount"], currency),
        DISPUTES.get(told["status"], "open"),
        withdrawn=max(0, -sum(cents(one["amount"], currency) for one in moved)),
        reason=told.get("reason") or "",
    )


def dispute_fees(found: Iterable[stripe.Dispute], currency: str) -> int | None:
    """What the gateway has charged for disputes themselves."""
    return _fees((one for dispute in found for one in dispute.to_dict().get("balance_transactions") or []), currency)


def fees_of(movements: Iterable[stripe.BalanceTransaction], currency: str) -> int | None:
    return _fees((one.to_dict() for one in movements), currency)


def ours(found: SeenRefund) -> UUID | None:
    """The id of our own row that a refund carries."""
    try:
        return UUID(found.ours) if found.ours else None
    except ValueError:
        return None
