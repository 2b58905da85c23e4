"""Payments at the gateway: announced, paid, captured, cancelled, looked at."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import stripe

from authspine.kernel.money import Money
from payments.errors import Declined, GatewayRefused, GatewayUnavailable, NotMadeHere
from payments.gateway.client import as_found, in_our_words, key, services, units
from payments.gateway.seen import EXPAND, Seen, dispute_fees, fees_of, seen, seen_dispute, seen_refund
from payments.rules import IntentStatus, Method

BANK_DEBITS: Final = {
    "USD": "us_bank_account",
    "EUR": "sepa_debit",
    "GBP": "bacs_debit",
    "CAD": "acss_debit",
    "AUD": "au_becs_debit",
}
MOST: Final = 100  # on a page

# A bank is debited only by whom its owner has told so, in words: to whoever asks us for it. Without a time, as a call
# that is sent again must be the same.
MANDATE: Final = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}


@dataclass(frozen=True)
class Order:
    """What is to be paid, and how. `intent` is the row's id, from which every key derives."""

    intent: UUID
    amount: Money
    method: str
    metadata: dict[str, str]
    payment_method: str = ""
    customer: str = ""
    by_hand: bool = False  # captured later, by `capture`


def kinds(method: str) -> set[str]:
    """What the gateway may call that which one pays with by this method. A wallet is a card in a phone."""
    return set(BANK_DEBITS.values()) if method == Method.BANK else {"card"}


def open_intent(order: Order) -> str:
    """Announce an attempt; nothing is charged yet. Gives the gateway's id, the same one whenever it is asked again."""
    bank = BANK_DEBITS.get(order.amount.currency, BANK_DEBITS["USD"])
    asked: Any = {
        "amount": units(order.amount),
        "currency": order.amount.currency.lower(),
        "payment_method_types": [bank if order.method == Method.BANK else "card"],
        "metadata": order.metadata | {"intent": str(order.intent)},
    }
    if order.customer:
        asked["customer"] = order.customer
    if order.by_hand:
        asked |= {
            "capture_method": "manual",
            "payment_method_options": {"card": {"request_multicapture": "if_available"}},
        }
    gateway = services()
    with in_our_words():
        return gateway.payment_intents.create(asked, key(order.intent, "open")).id


def check_ours(intent: UUID, gateway_id: str, *, organization: UUID, asked_before: bool) -> Seen:
    """Refuse to touch another's money: all organizations share one account, and a copy keeps the original's id.

    Gives what is there. Raises GatewayRefused; where something was asked for before, so that its outcome is open,
    NotMadeHere, or GatewayUnavailable when there is no such record.
    """
    gateway = services()
    try:
        with in_our_words():
            found = seen(gateway.payment_intents.retrieve(gateway_id, {"expand": EXPAND}))
    except GatewayRefused as refusal:
        if asked_before:
            raise GatewayUnavailable from refusal
        raise GatewayRefused(NotMadeHere.detail) from refusal
    if (found.intent, found.organization) != (str(intent), str(organization)):
        raise NotMadeHere if asked_before else GatewayRefused(NotMadeHere.detail)
    return found


def pay(
    intent: UUID,
    found: Seen,
    payment_method: str,
    *,
    method: str = Method.CARD,
    return_url: str = "",
    off_session: bool = False,
) -> Seen:
    """Ask for the money, with this card or account; of an attempt that is decided already, tell the decision.

    `found` is what was just seen of it. Off-session the client's word is that which they gave when it was put on file.
    Raises Declined, GatewayRefused, GatewayUnavailable.
    """
    if _decided(found).status is not IntentStatus.PENDING:
        return found
    asked: Any = {"expand": EXPAND}
    if return_url:
        asked["return_url"] = return_url
    if off_session:
        asked["off_session"] = True
    elif method == Method.BANK:
        asked |= MANDATE
    gateway = services()
    try:
        with in_our_words("payment_method"):
            # In two calls, since not every server takes the payment method with the confirmation.
            chosen: Any = {"payment_method": payment_method}
            gateway.payment_intents.update(found.gateway_id, chosen, key(intent, f"method:{_digest(payment_method)}"))
            confirmed = gateway.payment_intents.confirm(found.gateway_id, asked, key(intent, "confirm"))
            return _decided(seen(confirmed))
    except GatewayRefused:
        # Perhaps because it was decided before, by a call whose answer was lost.
        now = look(found.gateway_id)
        if now.status is IntentStatus.PENDING:
            raise
        return now


def _digest(text: str) -> str:
    """A name in a key, which travels in a header: whatever somebody has typed."""
    return sha256(text.encode()).hexdigest()[:16]


def _decided(found: Seen) -> Seen:
    """As it is, unless the bank has said no. Raises Declined."""
    if found.status is IntentStatus.PENDING and found.failure_code:
        raise Declined(found.failure_detail, reason=found.failure_code)
    return found


def capture(intent: UUID, gateway_id: str, amount: Money, *, before: int, last: bool) -> Seen:
    """Take so much of an authorized amount, of which `before` was taken already; the `last` time the rest is let go.

    Raises GatewayRefused, GatewayUnavailable.
    """
    asked: Any = {"amount_to_capture": units(amount), "expand": EXPAND}
    if not last:
        asked["final_capture"] = False
    gateway = services()
    with in_our_words("amount"):
        taken = seen(gateway.payment_intents.capture(gateway_id, asked, key(intent, f"capture:{before}")))
    return taken if taken.fees is not None else look(gateway_id)


def cancel(gateway_id: str) -> Seen:
    """See to it that an attempt can never be paid; any answer but `cancelled` says that it was too late for that.

    Without a key of ours: it does the same however often it is asked for, and a no that was kept for a day would stand
    in the way of a later yes.

    Raises GatewayUnavailable.
    """
    gateway = services()
    try:
        with in_our_words():
            return seen(gateway.payment_intents.cancel(gateway_id, {"expand": EXPAND}))
    except GatewayRefused:
        return look(gateway_id)


def look(gateway_id: str) -> Seen:
    """All that the gateway says of an attempt now, its refunds and disputes too. Raises GatewayUnavailable."""
    gateway = services()
    with as_found():
        found = seen(gateway.payment_intents.retrieve(gateway_id, {"expand": EXPAND}))
        return _with_movements(gateway, found) if found.captured else replace(found, refunds=(), disputes=())


def _with_movements(gateway: stripe.V1Services, found: Seen) -> Seen:
    of_it: Any = {"payment_intent": found.gateway_id, "limit": MOST}
    refunds = tuple(seen_refund(one) for one in gateway.refunds.list(of_it).auto_paging_iter())
    disputes: list[stripe.Dispute] = []
    if found.is_disputed:
        disputes = list(gateway.disputes.list(of_it).auto_paging_iter())
    return replace(
        found,
        refunds=refunds,
        disputes=tuple(map(seen_dispute, disputes)),
        fees=_all_fees(gateway, found, disputes),
    )


def _all_fees(gateway: stripe.V1Services, found: Seen, disputes: list[stripe.Dispute]) -> int | None:
    """Of every capture, and of every dispute."""
    own, currency = found.fees, found.amount.currency
    if own is None:  # perhaps captured in several pieces
        of_charge: Any = {"source": found.charge, "limit": MOST}
        movements = list(gateway.balance_transactions.list(of_charge).auto_paging_iter())
        own = fees_of(movements, currency) if movements else None
    of_disputes = dispute_fees(disputes, currency)
    return None if own is None or of_disputes is None else own + of_disputes
