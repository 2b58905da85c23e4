"""Talks to Stripe, or to a server that speaks like it: the only module that imports `stripe`.

Never called inside a scope. Every call that changes something carries a key made of our own row's id and the step, so
that asking again, by the SDK or by us, is the same request and never a second charge.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

from authspine.kernel import tenancy
from authspine.kernel.money import Money
from payments.errors import (
    BadSignature,
    Declined,
    GatewayNotConfigured,
    GatewayRefused,
    GatewayUnavailable,
    MethodOfAnotherKind,
    MethodUnknown,
    NotMadeHere,
)
from payments.rules import IntentStatus, Method

logger = logging.getLogger(__name__)

# It would name this machine by a file that it writes to the home folder, and send that along with every request.
stripe.enable_telemetry = False

# What this module was written against; an upgrade of the SDK must not change what the answers look like.
API_VERSION = "2026-10-28.endive"

# Stripe counts these with two decimals, though they have none (docs.stripe.com/currencies, special cases).
COUNTED_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})

BANK_DEBITS = {
    "USD": "us_bank_account",
    "EUR": "sepa_debit",
    "GBP": "bacs_debit",
    "CAD": "acss_debit",
    "AUD": "au_becs_debit",
}

STATUSES = {
    "requires_payment_method": IntentStatus.PENDING,
    "requires_confirmation": IntentStatus.PENDING,
    "requires_action": IntentStatus.REQUIRES_ACTION,
    "processing": IntentStatus.PROCESSING,
    "requires_capture": IntentStatus.AUTHORIZED,
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELLED,
}


@dataclass(frozen=True)
class GivenBack:
    """What the gateway says of a refund: succeeded, or pending where the bank takes its time."""

    gateway_id: str
    status: str


@dataclass(frozen=True)
class OnFile:
    """What the gateway tells of a card or account."""

    gateway_id: str
    type: str
    brand: str
    last4: str


@lru_cache(maxsize=4)
def _client(api_key: str, base: str, timeout: int, retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def check_configured() -> None:
    """Raise GatewayNotConfigured where there is no gateway to talk to."""
    if not settings.STRIPE_API_KEY:
        raise GatewayNotConfigured


def _stripe() -> stripe.V1Services:
    tenancy.refuse_inside()
    check_configured()
    return _client(
        settings.STRIPE_API_KEY, settings.STRIPE_API_BASE, settings.STRIPE_TIMEOUT_SECONDS, settings.STRIPE_RETRIES
    ).v1


def patience() -> timedelta:
    """After this long a call of ours has ended, with or without an answer: each try waits, and pauses afterwards."""
    pause = 5
    return timedelta(seconds=(settings.STRIPE_TIMEOUT_SECONDS + pause) * (settings.STRIPE_RETRIES + 1))


@contextmanager
def _in_our_words(field: str = "") -> Iterator[None]:
    """The SDK's errors as ours. What is neither a clear no nor a clear yes is unknown."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(error.user_message, reason=_reason(error)) from error
    except stripe.InvalidRequestError as error:
        logger.info("The gateway refused a request: %s", error)
        raise GatewayRefused(reason=_reason(error), field=field) from error
    except (stripe.StripeError, AttributeError) as error:  # AttributeError: an answer without what was asked for
        logger.warning("The gateway gave no usable answer: %s", error)
        raise GatewayUnavailable from error


@contextmanager
def _as_found() -> Iterator[None]:
    """Around a look at what was asked for before: not to find it is no clear no, as it may be found by another key."""
    try:
        with _in_our_words():
            yield
    except GatewayRefused as refusal:
        raise GatewayUnavailable from refusal


def _reason(error: stripe.StripeError) -> str:
    # Of two codes the bank's own says more; some errors carry theirs in the body alone.
    told = error.error
    return (told and (told.decline_code or told.code)) or error.code or ""


def _key(row: UUID, step: str) -> Any:
    return {"idempotency_key": f"{row}:{step}"}


def _cents(amount: Money) -> int:
    return amount.amount_cents * (100 if amount.currency in COUNTED_IN_HUNDREDTHS else 1)


def open_intent(intent: UUID, amount: Money, *, method: str, metadata: dict[str, str]) -> str:
    """Announce an attempt; nothing is charged yet. Gives the gateway's id, the same one whenever it is asked again."""
    kind = BANK_DEBITS.get(amount.currency, BANK_DEBITS["USD"]) if method == Method.BANK else "card"
    order: Any = {
        "amount": _cents(amount),
        "currency": amount.currency.lower(),
        "payment_method_types": [kind],
        "metadata": metadata | {"intent": str(intent)},
    }
    gateway = _stripe()
    with _in_our_words():
        return gateway.payment_intents.create(order, _key(intent, "open")).id


def check_ours(intent: UUID, gateway_id: str, *, organization: UUID, asked_before: bool) -> None:
    """Refuse to touch another's money: all organizations share one account, and a copy keeps the original's id.

    Raises GatewayRefused; where something was asked for before, so that its outcome is open, NotMadeHere, or
    GatewayUnavailable when there is no such record.
    """
    gateway = _stripe()
    try:
        with _in_our_words():
            found = gateway.payment_intents.retrieve(gateway_id)
            told = found.metadata.to_dict() if found.metadata else {}
    except GatewayRefused as refusal:
        if asked_before:
            raise GatewayUnavailable from refusal
        told = {}
    if (told.get("intent"), told.get("organization")) != (str(intent), str(organization)):
        raise NotMadeHere if asked_before else GatewayRefused(NotMadeHere.detail)


def pay(intent: UUID, gateway_id: str, payment_method: str) -> IntentStatus:
    """Ask for the money, with this card or account. Raises Declined, GatewayRefused, GatewayUnavailable."""
    gateway = _stripe()
    try:
        with _in_our_words("payment_method"):
            # In two calls, since not every server takes the payment method with the confirmation.
            gateway.payment_intents.update(gateway_id, {"payment_method": payment_method}, _key(intent, "method"))
            return _status(gateway.payment_intents.confirm(gateway_id, {}, _key(intent, "confirm")))
    except GatewayRefused:
        # Perhaps because it was decided before, by a call whose answer was lost.
        status = look_up(gateway_id)
        if status is IntentStatus.PENDING:
            raise
        return status


def pay_again(intent: UUID, gateway_id: str, payment_method: str) -> IntentStatus:
    """Like `pay`, for an attempt that was asked for before: looks first, and asks only where nothing was decided."""
    status = look_up(gateway_id)
    return pay(intent, gateway_id, payment_method) if status is IntentStatus.PENDING else status


def cancel(intent: UUID, gateway_id: str) -> IntentStatus:
    """See to it that an attempt can never be paid; any answer but `cancelled` says that it was too late for that.

    Raises Declined, GatewayUnavailable.
    """
    gateway = _stripe()
    try:
        with _in_our_words():
            return _status(gateway.payment_intents.cancel(gateway_id, {}, _key(intent, "cancel")))
    except GatewayRefused:
        return look_up(gateway_id)


def look_up(gateway_id: str) -> IntentStatus:
    """What the gateway says of an attempt now. Raises Declined, GatewayUnavailable."""
    gateway = _stripe()
    with _as_found():
        return _status(gateway.payment_intents.retrieve(gateway_id))


def _status(found: stripe.PaymentIntent) -> IntentStatus:
    status = STATUSES.get(found.status)
    if status is None:
        raise GatewayUnavailable
    error = found.last_payment_error
    if status is IntentStatus.PENDING and error:
        raise Declined(error.message, reason=getattr(error, "decline_code", None) or error.code or "")
    return status


def give_back(refund: UUID, gateway_id: str, amount: Money, *, metadata: dict[str, str]) -> GivenBack:
    """Refund part or all of a payment. Raises GatewayRefused, GatewayUnavailable."""
    told = metadata | {"refund": str(refund)}
    order: Any = {"payment_intent": gateway_id, "amount": _cents(amount), "metadata": told}
    gateway = _stripe()
    with _in_our_words():
        return _given_back(gateway.refunds.create(order, _key(refund, "refund")))


def give_back_again(refund: UUID, gateway_id: str, amount: Money, *, metadata: dict[str, str]) -> GivenBack:
    """Like `give_back`, for a refund that was asked for before: looks for it first, by the id that it carries."""
    gateway = _stripe()
    with _as_found():
        listed = gateway.refunds.list({"payment_intent": gateway_id, "limit": 100}).auto_paging_iter()
        ours = [found for found in listed if found.metadata and found.metadata.to_dict().get("refund") == str(refund)]
    if ours:
        return _given_back(ours[0])
    return give_back(refund, gateway_id, amount, metadata=metadata)


def _given_back(found: stripe.Refund) -> GivenBack:
    if found.status in ("failed", "canceled"):
        raise GatewayRefused(reason=getattr(found, "failure_reason", None) or found.status)
    return GivenBack(found.id, "succeeded" if found.status == "succeeded" else "pending")


def _kinds(method: str) -> set[str]:
    """What the gateway may call that which one pays with by this method. A wallet is a card in a phone."""
    return set(BANK_DEBITS.values()) if method == Method.BANK else {"card"}


def on_file(payment_method: str, *, method: str) -> OnFile:
    """What a payment method of the gateway's is. Raises MethodUnknown, GatewayUnavailable, and MethodOfAnotherKind when
    it cannot be paid with by this method.
    """
    gateway = _stripe()
    try:
        with _in_our_words():
            found = gateway.payment_methods.retrieve(payment_method)
            details = found.to_dict().get(found.type) or {}
    except GatewayRefused as refusal:
        raise MethodUnknown from refusal
    if found.type not in _kinds(method):
        raise MethodOfAnotherKind(found.type)
    brand = details.get("brand") or details.get("bank_name") or ""
    return OnFile(found.id, found.type, brand, details.get("last4") or "")


def signed_event(body: bytes, signature: str) -> dict[str, Any]:
    """A webhook's event, if the gateway has signed it for us. Raises BadSignature, also without a secret."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise BadSignature("No webhook secret is configured here: set STRIPE_WEBHOOK_SECRET.")
    if not signature.isascii():  # the SDK compares it as text, and cannot
        raise BadSignature
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, 300)
        event = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise BadSignature from error
    if not isinstance(event, dict):
        raise BadSignature
    return event
