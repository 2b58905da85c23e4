"""The gateway at localstripe, which somebody else wrote: what our own sandbox is wrong about, it need not be.

A small suite: localstripe knows no idempotency keys, and one card that is declined.
"""

from collections.abc import Iterator

import pytest
import stripe
from pytest_django.fixtures import Settings

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.operations.stripe_server import StripeServer
from payments import gateway
from payments.errors import Declined, GatewayRefused, MethodUnknown
from payments.rules import IntentStatus
from tests.gateways import APPROVED_FIRST, DECLINED_CARD, GOOD_CARD, card, given_back
from tests.payments.gateway.orders import opened, pay


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with StripeServer(tmp_path_factory.mktemp("localstripe"), durable=False) as server:
        yield server.environment()


@pytest.fixture(autouse=True)
def at_localstripe(localstripe: dict[str, str], settings: Settings) -> None:
    for name, value in localstripe.items():
        setattr(settings, name, value)


def test_paid_and_given_back_in_parts() -> None:
    intent, gateway_id = opened()
    assert gateway.look(gateway_id).status is IntentStatus.PENDING
    assert pay(intent, gateway_id, GOOD_CARD).status is IntentStatus.SUCCEEDED
    assert pay(intent, gateway_id, GOOD_CARD).status is IntentStatus.SUCCEEDED
    refund = new_id()
    first = gateway.give_back(refund, gateway_id, Money(2000, "USD"), metadata={})
    assert first == gateway.give_back(refund, gateway_id, Money(2000, "USD"), metadata={}, asked_before=True)
    assert (first.status, given_back(gateway_id)) == ("succeeded", [2000])


def test_declined() -> None:
    intent, gateway_id = opened()
    with pytest.raises(Declined) as refused:
        pay(intent, gateway_id, DECLINED_CARD)
    assert (refused.value.reason, refused.value.detail) == ("card_declined", "Your card was declined.")
    with pytest.raises(Declined):
        pay(intent, gateway_id, DECLINED_CARD)


@pytest.mark.parametrize("granted", [True, False])
def test_its_owner_is_asked(localstripe: dict[str, str], granted: bool) -> None:
    intent, gateway_id = opened()
    number = card(APPROVED_FIRST)
    assert pay(intent, gateway_id, number).status is IntentStatus.REQUIRES_ACTION
    client = stripe.StripeClient(localstripe["STRIPE_API_KEY"], base_addresses={"api": localstripe["STRIPE_API_BASE"]})
    secret = client.v1.payment_intents.retrieve(gateway_id).client_secret
    client.raw_request(
        "post", f"/v1/payment_intents/{gateway_id}/_authenticate", client_secret=secret, success=str(granted).lower()
    )
    if granted:
        assert pay(intent, gateway_id, number).status is IntentStatus.SUCCEEDED
    else:
        with pytest.raises(Declined):
            pay(intent, gateway_id, number)


def test_cancelled() -> None:
    _, gateway_id = opened()
    assert gateway.cancel(gateway_id).status is IntentStatus.CANCELLED
    assert gateway.cancel(gateway_id).status is IntentStatus.CANCELLED


def test_on_file() -> None:
    found = gateway.on_file(GOOD_CARD, method="card")
    assert (found.type, found.brand, found.last4) == ("card", "visa", "4242")
    with pytest.raises(MethodUnknown):
        gateway.on_file("pm_nobody", method="card")


def test_unknown_cards_are_refused() -> None:
    intent, gateway_id = opened()
    with pytest.raises(GatewayRefused):
        pay(intent, gateway_id, "pm_nobody")
    assert gateway.look(gateway_id).status is IntentStatus.PENDING
