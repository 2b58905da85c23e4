"""What the gateway sends by itself: believed when it has signed it for us, with a secret that is in use, just now."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from django.conf import settings

from authspine.kernel import clock
from payments.errors import BadSignature

# How old a signature may be, and how far ahead its clock; the SDK itself takes any time that is still to come.
TOLERANCE_SECONDS: Final = 300
AHEAD_SECONDS: Final = 60

_FACTS: Final = ("id", "object", "amount", "amount_received", "amount_refunded", "currency", "status", "payment_intent")


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
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
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
    """An event in our words. Raises KeyError, TypeError, ValueError for what is none."""
    about = event["data"]["object"]
    facts = {name: about[name] for name in _FACTS if isinstance(about.get(name), str | int)}
    metadata = about.get("metadata") if isinstance(about.get("metadata"), dict) else {}
    facts |= {
        name: str(metadata[name])[:60] for name in ("intent", "organization", "refund", "setup") if name in metadata
    }
    return Told(
        event_id=str(event["id"])[:100],
        type=str(event["type"])[:100],
        api_version=str(event.get("api_version") or "")[:40],
        livemode=bool(event.get("livemode")),
        account=str(event.get("account") or "")[:60],
        happened_at=datetime.fromtimestamp(int(event["created"]), UTC),
        facts={name: value[:200] if isinstance(value, str) else value for name, value in facts.items()},
    )
