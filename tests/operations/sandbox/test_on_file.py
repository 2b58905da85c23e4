"""Customers, their payment methods, and setup intents."""

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from tests.sandboxes import Sandbox

FAILING = ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedExpiredCard"]


def press(url: str, answer: str) -> tuple[int, str]:
    """A button of the page; the status, and where it sends the owner."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", parts.path)
    page = connection.getresponse().read().decode()
    assert f'value="{answer}"' in page
    assert "<script" not in page
    connection.request("POST", parts.path, f"answer={answer}", {"Content-Type": "application/x-www-form-urlencoded"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("Location") or ""


def test_a_customer_from_first_to_last(api: stripe.V1Services, sandbox: Sandbox) -> None:
    customer = api.customers.create({"email": "ada@example.com", "metadata": {"a": "1", "b": "2"}})
    changed = api.customers.update(customer.id, {"name": "Ada", "metadata": {"a": ""}})
    assert (changed.name, changed.email, changed.metadata and changed.metadata.to_dict()) == (
        "Ada", "ada@example.com", {"b": "2"},
    )  # fmt: skip
    assert [each.id for each in api.customers.list({"email": "ada@example.com"}).data] == [customer.id]
    api.customers.delete(customer.id)
    assert api.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.update(customer.id, {"name": "x"})
    assert sandbox.told() == ["customer.created", "customer.updated", "customer.deleted"]


def test_a_card_is_kept_and_let_go(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    customer = api.customers.create({}).id
    card = api.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    assert card.card
    assert (card.customer, card.card.brand, card.card.last4) == (customer, "mastercard", "4444")
    with pytest.raises(stripe.InvalidRequestError, match="must belong"):
        pay(card.id)
    assert pay(card.id, customer=customer).status == "succeeded"
    assert [each.id for each in api.customers.payment_methods.list(customer).data] == [card.id]
    assert api.payment_methods.detach(card.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        api.payment_methods.attach(card.id, {"customer": customer})
    assert sandbox.told("payment_method.attached", "payment_method.detached") == [
        "payment_method.attached", "payment_method.detached",
    ]  # fmt: skip


@pytest.mark.parametrize("card", FAILING)
def test_a_card_that_is_declined_is_not_kept(api: stripe.V1Services, card: str) -> None:
    customer = api.customers.create({}).id
    with pytest.raises(stripe.CardError):
        api.payment_methods.attach(card, {"customer": customer})
    assert api.payment_methods.list({"customer": customer}).data == []


def test_one_that_is_declined_only_when_charged_is(api: stripe.V1Services) -> None:
    customer = api.customers.create({}).id
    assert api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).customer == customer


@pytest.mark.parametrize(("number", "brand"), [("4242424242424242", "visa"), ("378282246310005", "amex")])
def test_a_card_by_its_number(api: stripe.V1Services, number: str, brand: str) -> None:
    details: Any = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    card = api.payment_methods.create({"type": "card", "card": details}).card
    assert card
    assert (card.brand, card.exp_year) == (brand, 2040)
    with pytest.raises(stripe.CardError) as error:
        api.payment_methods.create({"type": "card", "card": details | {"number": "4111"}})
    assert error.value.code == "incorrect_number"


def test_a_card_is_set_up(api: stripe.V1Services, sandbox: Sandbox) -> None:
    customer = api.customers.create({}).id
    order: Any = {"customer": customer, "payment_method_types": ["card"], "usage": "off_session"}
    intent = api.setup_intents.create(order | {"metadata": {"x": "1"}})
    assert intent.status == "requires_payment_method"
    done = api.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert done.status == "succeeded"
    assert api.payment_methods.retrieve(str(done.payment_method)).customer == customer
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.setup_intents.cancel(intent.id)
    assert error.value.code == "setup_intent_unexpected_state"
    assert sandbox.told("setup_intent.created", "setup_intent.succeeded") == [
        "setup_intent.created", "setup_intent.succeeded",
    ]  # fmt: skip


def test_a_card_of_another_customer_is_not_set_up(api: stripe.V1Services) -> None:
    first, second = (api.customers.create({}).id for _ in range(2))
    card = api.payment_methods.attach("pm_card_visa", {"customer": first}).id
    order: Any = {"payment_method_types": ["card"], "payment_method": card}
    for whose in ({"customer": second}, {}):
        with pytest.raises(stripe.InvalidRequestError, match="must belong"):
            api.setup_intents.create(order | whose)
    assert api.setup_intents.create(order | {"customer": first, "confirm": True}).status == "succeeded"


def test_a_declined_card_is_not_set_up(api: stripe.V1Services, sandbox: Sandbox) -> None:
    order: Any = {"payment_method_types": ["card"], "payment_method": "pm_card_chargeDeclined", "confirm": True}
    with pytest.raises(stripe.CardError):
        api.setup_intents.create(order)
    (intent,) = api.setup_intents.list().data
    assert (intent.status, sandbox.told()[-1]) == ("requires_payment_method", "setup_intent.setup_failed")
    assert api.setup_intents.cancel(intent.id).status == "canceled"


@pytest.mark.parametrize("answer", ["complete", "fail"])
@pytest.mark.parametrize("manual", [True, False])
def test_the_owner_of_a_card_is_asked(
    api: stripe.V1Services, pay: Any, sandbox: Sandbox, answer: str, manual: bool
) -> None:
    how = {"capture_method": "manual"} if manual else {}
    intent = pay("pm_card_authenticationRequired", return_url="https://example.com/back?x=1", **how)
    assert (intent.status, sandbox.told()[-1]) == ("requires_action", "payment_intent.requires_action")
    status, back = press(intent.next_action.redirect_to_url.url, answer)
    assert (status, back.partition("?")[0]) == (303, "https://example.com/back")
    word = {"complete": "succeeded", "fail": "failed"}[answer]
    assert back.endswith(f"redirect_status={word}")
    assert f"x=1&payment_intent={intent.id}&" in back
    after: Any = api.payment_intents.retrieve(intent.id)
    if answer == "complete":
        assert after.status == ("requires_capture" if manual else "succeeded")
    else:
        assert after.status == "requires_payment_method"
        assert after.last_payment_error.code == "payment_intent_authentication_failure"
    assert after.next_action is None


@pytest.mark.parametrize(("granted", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_the_owner_is_asked_at_set_up(api: stripe.V1Services, sandbox: Sandbox, granted: bool, status: str) -> None:
    order: Any = {
        "payment_method_types": ["card"],
        "payment_method": "pm_card_authenticationRequiredOnSetup",
        "confirm": True,
    }
    intent = api.setup_intents.create(order)
    assert intent.status == "requires_action"
    sandbox.approve(intent.id, granted=granted)
    assert api.setup_intents.retrieve(intent.id).status == status


def test_agreed_to_and_then_declined(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    intent = pay("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    sandbox.approve(intent.id)
    error: Any = api.payment_intents.retrieve(intent.id).last_payment_error
    assert error.decline_code == "insufficient_funds"
