"""Each fault, before and after the effect, as the SDK sees it, and what a request with the same key then gives."""

import time
from typing import Any

import pytest
import stripe

from tests.sandboxes import Sandbox

QUICK: Any = {"http_client": stripe.RequestsClient(timeout=0.4)}
ORDER: Any = {
    "amount": 7500,
    "currency": "usd",
    "payment_method_types": ["card"],
    "payment_method": "pm_card_visa",
    "confirm": True,
}
INTENTS = "/v1/payment_intents"


def ask(sandbox: Sandbox) -> stripe.PaymentIntent:
    return sandbox.client(**QUICK).v1.payment_intents.create(ORDER, {"idempotency_key": "k"})


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("action", "error"),
    [("timeout", stripe.APIConnectionError), ("reset", stripe.APIConnectionError), ("garbage", stripe.APIError)],
)
def test_no_answer_that_can_be_used(sandbox: Sandbox, action: str, when: str, error: type[Exception]) -> None:
    sandbox.fault(action, INTENTS, when=when)
    with pytest.raises(error):
        ask(sandbox)
    assert len(sandbox.money()) == {"before": 0, "after": 1}[when]
    assert ask(sandbox).status == "succeeded"
    assert [money["charges"] for money in sandbox.money()] == [1]
    assert [request["fault"] for request in sandbox.seen()][:2] == [f"{action} {when}", ""]


@pytest.mark.parametrize(
    ("when", "stored", "effects", "again"),
    [("before", None, 0, "succeeded"), ("before", True, 0, "fails"), ("after", None, 1, "fails"),
     ("after", False, 1, "succeeded")],
)  # fmt: skip
def test_an_error_of_stripes_own(sandbox: Sandbox, when: str, stored: bool | None, effects: int, again: str) -> None:
    sandbox.fault("error", INTENTS, when=when, **({} if stored is None else {"stored": stored}))
    with pytest.raises(stripe.APIError):
        ask(sandbox)
    assert len(sandbox.money()) == effects
    if again == "fails":
        with pytest.raises(stripe.APIError) as error:
            ask(sandbox)
        assert error.value.headers
        assert error.value.headers["Idempotent-Replayed"] == "true"
    else:
        assert ask(sandbox).status == again


@pytest.mark.parametrize(
    ("status", "error"), [(429, stripe.RateLimitError), (409, stripe.APIError), (503, stripe.APIError)]
)
def test_other_errors(sandbox: Sandbox, status: int, error: type[stripe.StripeError]) -> None:
    sandbox.fault("error", INTENTS, status=status)
    with pytest.raises(error) as told:
        ask(sandbox)
    assert told.value.http_status == status
    assert ask(sandbox).status == "succeeded"


def test_the_sdk_asks_again_with_the_same_key(sandbox: Sandbox) -> None:
    sandbox.fault("reset", INTENTS, when="after")
    made = sandbox.client(max_network_retries=2).v1.payment_intents.create(ORDER)
    first, second = sandbox.seen()
    assert (made.status, first["key"] == second["key"], len(sandbox.money())) == ("succeeded", True, 1)


def test_slow(sandbox: Sandbox) -> None:
    sandbox.fault("slow", INTENTS, seconds=0.2)
    started = time.monotonic()
    assert ask(sandbox).status == "succeeded"
    assert time.monotonic() - started > 0.2


def test_declined_by_script(sandbox: Sandbox, pay: Any) -> None:
    sandbox.fault("decline", INTENTS, code="card_declined", decline_code="lost_card")
    with pytest.raises(stripe.CardError) as error:
        ask(sandbox)
    assert error.value.error
    assert error.value.error.decline_code == "lost_card"
    assert pay().status == "succeeded"


def test_only_the_requests_that_are_meant(sandbox: Sandbox, api: stripe.V1Services) -> None:
    """The second and third whose key begins so, by address, method and parameters."""
    sandbox.fault("error", "/v1/customers", method="POST", key="a*", params={"metadata": {"x": "1"}}, skip=1, times=2)
    told = []
    for key, x in [("a1", "1"), ("b1", "1"), ("a2", "2"), ("a3", "1"), ("a4", "1"), ("a5", "1")]:
        try:
            api.customers.create({"metadata": {"x": x}}, {"idempotency_key": key})
            told.append("good")
        except stripe.APIError:
            told.append("bad")
    api.customers.list()
    assert told == ["good", "good", "good", "bad", "bad", "good"]
    assert sandbox.control("GET", "faults")["faults"] == []


@pytest.mark.parametrize(
    "rule", [{"action": "explode"}, {"action": "reset", "wen": "after"}, {"action": "reset", "when": "during"}, {}]
)
def test_a_rule_that_makes_no_sense_is_refused(sandbox: Sandbox, rule: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match=r"must be|Unknown"):
        sandbox.control("POST", "faults", **rule)


def test_another_account_has_no_part_in_it(sandbox: Sandbox) -> None:
    other = Sandbox(sandbox.address, sandbox.key + "b")
    other.fault("error")
    assert ask(sandbox).status == "succeeded"
    other.control("POST", "reset")
