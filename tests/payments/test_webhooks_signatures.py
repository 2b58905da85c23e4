"""B5: what the gateway has not signed for us just now is refused, leaves nothing behind, and is counted in the log."""

import json
import logging
import time

import pytest
from pytest_django.fixtures import Settings

from authspine.kernel.ids import new_id
from payments.models import GatewayEvent
from tests.payments.test_api_webhooks import signed
from tests.payments.webhooks import SECRET, Post, send
from tests.rest import refused


def new_event() -> tuple[str, bytes]:
    id = f"evt_{new_id()}"
    return id, json.dumps({"id": id, "type": "thing.invented", "data": {"object": {}}}, indent=1).encode()


def header(body: bytes, at: float | None = None, secret: str = SECRET) -> str:
    return signed(body, at, secret)["Stripe-Signature"]


FORGERIES = {
    "none": lambda body: "",
    "nonsense": lambda body: "t=,v1=",
    "another endpoint's secret": lambda body: header(body, secret="whsec_other"),
    "301 seconds old": lambda body: header(body, time.time() - 301),
    "a day ahead": lambda body: header(body, time.time() + 86_400),
    "two minutes ahead": lambda body: header(body, time.time() + 120),
    "two times, one ahead": lambda body: header(body) + f",t={int(time.time()) + 86_400}",
    "another body": lambda body: header(body + b" "),
    "the body put together anew": lambda body: header(json.dumps(json.loads(body)).encode()),
    "another scheme": lambda body: header(body).replace("v1=", "v0="),
    "no digits": lambda body: header(body).replace("t=", "t=x"),
    "digits of another script": lambda body: header(body).replace("t=1", "t=\u0661"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_b5_a_signature_that_is_not_good_is_refused(post: Post, forgery: str, caplog: pytest.LogCaptureFixture) -> None:
    id, body = new_event()
    with caplog.at_level(logging.WARNING, "payments.api.webhooks"):
        refused(send(body, FORGERIES[forgery](body)), 400, "validation_error", "Stripe-Signature")
    assert not GatewayEvent.objects.filter(event_id=id).exists()
    assert [one.message for one in caplog.records if one.name == "payments.api.webhooks"] == [
        "A webhook is refused: it is not signed by the provider."
    ]


@pytest.mark.parametrize("seconds", [-290, 0, 30])
def test_clocks_may_be_a_little_apart(post: Post, seconds: int) -> None:
    id, body = new_event()
    assert send(body, header(body, time.time() + seconds)).status_code == 200
    post.brought.add(id)
    assert post.states() == ["received"]


def test_b5_while_a_secret_is_replaced_both_are_good(post: Post, settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_new, whsec_old"
    for secret, status in (("whsec_new", 200), ("whsec_old", 200), (SECRET, 400)):
        id, body = new_event()
        post.brought.add(id)
        assert send(body, header(body, secret=secret)).status_code == status
    assert post.states() == ["received", "received"]
    settings.STRIPE_WEBHOOK_SECRET = "whsec_new"
    _, body = new_event()
    refused(send(body, header(body, secret="whsec_old")), 400, "validation_error", "Stripe-Signature")
