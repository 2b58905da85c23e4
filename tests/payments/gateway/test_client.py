"""What is sent with every call, and what becomes of answers that say nothing: the real SDK, over HTTP."""

import hashlib
from collections.abc import Callable

import pytest
import stripe
from pytest_django.fixtures import Settings
from stripe._api_version import _ApiVersion

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import OutsideScopeError, organization_scope
from payments import gateway
from payments.errors import GatewayNotConfigured, GatewayUnavailable
from payments.gateway.client import API_VERSION
from tests.gateways import GOOD_CARD, Wire, cut_off
from tests.payments.gateway.orders import PRICE, opened, pay, unseen


def test_every_change_has_a_key_of_the_row_and_the_step(wire: Wire) -> None:
    intent, gateway_id = opened(by_hand=True)
    pay(intent, gateway_id, GOOD_CARD)
    gateway.capture(intent, gateway_id, PRICE, before=0, last=True)
    refund, other = new_id(), opened()
    gateway.give_back(refund, gateway_id, PRICE, metadata={})
    gateway.cancel(other[1])
    keys = [request.headers["Idempotency-Key"] for request in wire.seen if request.method == "POST"]
    method = hashlib.sha256(GOOD_CARD.encode()).hexdigest()[:16]
    assert keys[:-1] == [
        f"{intent}:open", f"{intent}:method:{method}", f"{intent}:confirm", f"{intent}:capture:0",
        f"{other[0]}:open", f"{refund}:refund",
    ]  # fmt: skip
    assert str(other[0]) not in keys[-1], "a cancel that was refused once can be asked for again"


def test_the_version_is_pinned_to_the_one_the_sdk_was_made_for(wire: Wire) -> None:
    opened()
    assert wire.seen[0].headers["Stripe-Version"] == API_VERSION == _ApiVersion.CURRENT


def test_nothing_is_told_of_this_machine(wire: Wire) -> None:
    opened()
    opened()
    assert not [name for name in wire.seen[1].headers if "telemetry" in name.lower()]
    assert "telemetry_id" not in wire.seen[1].headers["X-Stripe-Client-User-Agent"]


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", "empty", 500, 503, 429, 409, 401, 403])
@pytest.mark.parametrize(
    "ask",
    [
        opened,
        lambda: gateway.pay(new_id(), unseen(), GOOD_CARD),
        lambda: gateway.look("pi_x"),
        lambda: gateway.capture(new_id(), "pi_x", PRICE, before=0, last=True),
        lambda: gateway.cancel("pi_x"),
        lambda: gateway.give_back(new_id(), "pi_x", PRICE, metadata={}),
        lambda: gateway.give_back(new_id(), "pi_x", PRICE, metadata={}, asked_before=True),
        lambda: gateway.on_file(GOOD_CARD, method="card"),
        lambda: gateway.customer(new_id(), metadata={}),
        lambda: gateway.set_up(new_id(), "cus_x", GOOD_CARD, method="card", currency="USD"),
        lambda: gateway.is_our_customer("cus_x", organization=new_id(), client=new_id()),
        lambda: gateway.look_at_setup("seti_x", setup=new_id(), organization=new_id()),
        lambda: gateway.detach(GOOD_CARD, new_id(), customer="cus_x"),
    ],
    ids=[
        "open", "pay", "look", "capture", "cancel", "give_back", "give_back_again", "on_file", "customer", "set_up",
        "is_our_customer", "look_at_setup", "detach",
    ],
)  # fmt: skip
def test_what_is_no_clear_answer_is_unknown(wire: Wire, fault: str | int, ask: Callable[[], object]) -> None:
    wire.fault = lambda request: fault
    with pytest.raises(GatewayUnavailable):
        ask()


def test_nobody_listening_is_unknown_too(settings: Settings) -> None:
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        opened()


def test_the_sdk_tries_again_with_the_same_key(wire: Wire, settings: Settings) -> None:
    settings.STRIPE_RETRIES = 1
    wire.fault = lambda request: "lost" if len(wire.seen) == 1 else None
    opened()
    first, second = wire.seen
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_it_waits_as_long_as_it_is_told_to(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STRIPE_TIMEOUT_SECONDS, settings.STRIPE_RETRIES = 7, 3
    waits: list[int] = []
    client = stripe.RequestsClient

    def watched(*, timeout: int) -> stripe.RequestsClient:
        waits.append(timeout)
        return client(timeout=timeout)

    monkeypatch.setattr(stripe, "RequestsClient", watched)
    opened()
    assert waits == [7]
    assert gateway.patience().total_seconds() == (7 + 5) * 4


def test_without_a_key_nothing_is_sent(wire: Wire, settings: Settings) -> None:
    settings.STRIPE_API_KEY = ""
    with pytest.raises(GatewayNotConfigured, match="STRIPE_API_KEY"):
        opened()
    assert wire.seen == []


def test_inside_a_scope_nothing_is_sent(wire: Wire, organization: Organization) -> None:
    with organization_scope(organization, SYSTEM), pytest.raises(OutsideScopeError):
        opened()
    assert wire.seen == []
