"""What the gateway sends by itself: believed when it has signed it for us, with a secret that is in use, just now."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from django.conf import settings

from authspine.kernel import clock
from payments.errors import BadSignature
from payments.gateway.client import cents

# How old a signature may be, and how far ahead its clock; the SDK itself takes any time that is still to come.
TOLERANCE_SECONDS: Final = 300
AHEAD_SECONDS: Final = 60

_FACTS: Final = ("id", "object", "currency", "status", "payment_intent")
_AMOUNTS: Final = ("amount", "amount_received", "amount_refunded")
_OURS: Final = ("intent", "organization", "refund", "setup")


@dataclass(frozen=True)
class Told:
    """An event, with what of it is no business of a person's: ids, amounts and words of state."""

    event_id: str
    type: str
    api_version: str
    livemode: bool
    account: str
    happened_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


def signed_event(body: bytes, signature: str) -> Told:
    """A webhook's event, if the gateway has signed it for us. Raises BadSignature, also without a secret.

    While a secret is replaced both are in use (STRIPE_WEBHOOK_SECRET, comma-separated).
    """
    secrets = [one.strip() for one in settings.STRIPE_WEBHOOK_SECRET.split(",") if one.strip()]
    if not secrets:
        raise BadSignature("No webhook secret is configured here: set STRIPE_WEBHOOK_SECRET.")
    if not any(_is_signed(body, signature, secret) for secret in secrets):
        raise BadSignature
    try:
        return told(json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadSignature from error


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    if not signature.isascii() or _is_ahead(signature):  # the SDK compares it as text, and cannot
        return False
    try:
        return bool(stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE_SECONDS))
    except (stripe.SignatureVerificationError, ValueError):
        return False


def _is_ahead(signature: str) -> bool:
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    latest = clock.now().timestamp() + AHEAD_SECONDS
    return not all(stamp.isdigit() and len(stamp) < 13 and int(stamp) <= latest for stamp in stamps)


def told(event: dict[str, Any]) -> Told:
    """An event in our words, also one of a shape that is not known here: of that only what can be told.

    Raises KeyError, TypeError, ValueError for what has no id and no type, and so is no event.
    """
    if not (isinstance(event["id"], str) and event["id"] and isinstance(event["type"], str)):
        raise TypeError("an event has an id and a type")
    return Told(
        event_id=_text(event["id"], 100),
        type=_text(event["type"], 100),
        api_version=_text(event.get("api_version"), 40),
        livemode=bool(event.get("livemode")),
        account=_text(event.get("account"), 60),
        happened_at=_moment(event.get("created")),
        facts=_facts((event["data"] if isinstance(event.get("data"), dict) else {}).get("object")),
    )


def _facts(about: Any) -> dict[str, Any]:
    """Amounts are in our minor units, as everywhere."""
    if not isinstance(about, dict):
        return {}
    metadata = about["metadata"] if isinstance(about.get("metadata"), dict) else {}
    facts = {name: about[name] for name in _FACTS if isinstance(about.get(name), str)}
    facts |= {name: _text(metadata[name], 60) for name in _OURS if name in metadata}
    amounts = {name: about[name] for name in _AMOUNTS if type(about.get(name)) is int}
    currency = facts.get("currency", "")
    return {name: _text(value, 200) for name, value in facts.items()} | {
        name: cents(value, currency) for name, value in amounts.items()
    }


def _text(value: Any, most: int) -> str:
    """What PostgreSQL can keep of it."""
    return str(value or "").encode(errors="replace").decode().replace("\0", "")[:most]


def _moment(created: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(created), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return clock.now()
