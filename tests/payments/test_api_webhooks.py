"""Messages of the gateway: what it has signed is acknowledged, nothing else is believed."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.rest import Api, refused

SECRET = "whsec_test"


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={moment},v1={digest}"}


EVENT = json.dumps({"id": "evt_1", "object": "event", "type": "payment_intent.succeeded"}).encode()


def deliver(body: bytes, headers: dict[str, str]) -> Any:
    return Api(**headers).send("POST", "/webhooks/stripe", body)


def test_a_signed_message_is_acknowledged(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    response = deliver(EVENT, signed(EVENT))
    assert (response.status_code, response.json()) == (200, {"received": True})


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (EVENT, {}),
        (EVENT, {"Stripe-Signature": "nonsense"}),
        (EVENT, signed(EVENT, secret="whsec_other")),
        (EVENT, {"Stripe-Signature": f"t={int(time.time())},v1=é"}),
        (EVENT + b" ", signed(EVENT)),
        (EVENT, signed(EVENT, at=time.time() - 3600)),
        (b"no json", signed(b"no json")),
        (b"[]", signed(b"[]")),
        (b"\xff", signed(b"\xff")),
    ],
)
def test_what_is_not_signed_by_the_gateway_is_refused(settings: Settings, body: bytes, headers: dict[str, str]) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    refused(deliver(body, headers), 400, "validation_error", "Stripe-Signature")


@pytest.mark.parametrize("type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_what_is_no_json_is_told_so(type: str) -> None:
    answer = Api(**signed(EVENT)).send("POST", "/webhooks/stripe", EVENT, content_type=type)
    refused(answer, 415, "unsupported_media_type")


def test_without_a_secret_nothing_is_believed(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    found = refused(deliver(EVENT, signed(EVENT, secret="")), 400, "validation_error", "Stripe-Signature")
    assert "STRIPE_WEBHOOK_SECRET" in found["detail"]
