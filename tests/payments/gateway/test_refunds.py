"""Money given back at the gateway, once, and found by the id that it carries."""

import pytest
import stripe

from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from payments import gateway
from payments.errors import GatewayRefused, GatewayUnavailable
from payments.gateway import refunds, seen
from tests.gateways import GOOD_CARD, given_back
from tests.payments.gateway.orders import PRICE, opened, pay


def paid(card: str = GOOD_CARD) -> str:
    intent, gateway_id = opened()
    pay(intent, gateway_id, card)
    return gateway_id


def test_refunds_carry_our_id_and_are_found_by_it() -> None:
    gateway_id, refund = paid(), new_id()
    first = gateway.give_back(refund, gateway_id, Money(2000, "USD"), metadata={})
    again = gateway.give_back(refund, gateway_id, Money(2000, "USD"), metadata={}, asked_before=True)
    assert first == again == gateway.GivenBack(first.gateway_id, "succeeded")
    assert given_back(gateway_id) == [2000]
    [found] = gateway.look(gateway_id).refunds or ()
    assert (found.gateway_id, found.cents, found.ours) == (first.gateway_id, 2000, str(refund))


def test_a_refund_that_never_arrived_is_made_when_asked_again() -> None:
    gateway_id = paid()
    gateway.give_back(new_id(), gateway_id, Money(500, "USD"), metadata={}, asked_before=True)
    assert given_back(gateway_id) == [500]


def test_what_cannot_be_found_is_unknown() -> None:
    with pytest.raises(GatewayUnavailable):
        gateway.give_back(new_id(), "pi_nobody", PRICE, metadata={}, asked_before=True)


def test_a_refund_of_what_was_not_paid_is_refused() -> None:
    _, gateway_id = opened()
    with pytest.raises(GatewayRefused):
        gateway.give_back(new_id(), gateway_id, PRICE, metadata={})


def test_more_than_was_paid_is_refused() -> None:
    with pytest.raises(GatewayRefused):
        gateway.give_back(new_id(), paid(), Money(7501, "USD"), metadata={})


def test_a_bank_may_take_its_time() -> None:
    assert gateway.give_back(new_id(), paid("pm_card_pendingRefund"), PRICE, metadata={}).status == "pending"


@pytest.mark.parametrize(
    ("there", "here"), [("succeeded", "succeeded"), ("pending", "pending"), ("requires_action", "pending")]
)
def test_a_refund_has_arrived_or_is_on_its_way(there: str, here: str) -> None:
    told = {"id": "re_1", "status": there, "amount": 1, "currency": "usd"}
    found = seen.seen_refund(stripe.Refund.construct_from(told, "k"))
    assert refunds._given_back(found) == gateway.GivenBack("re_1", here)


@pytest.mark.parametrize(
    "answer", [{"status": "canceled"}, {"status": "failed", "failure_reason": "lost_or_stolen_card"}]
)
def test_a_refund_that_did_not_arrive_is_refused(answer: dict[str, str]) -> None:
    told = {"id": "re_1", "amount": 1, "currency": "usd"} | answer
    with pytest.raises(GatewayRefused) as refused:
        refunds._given_back(seen.seen_refund(stripe.Refund.construct_from(told, "k")))
    assert refused.value.reason == answer.get("failure_reason", "failed")
