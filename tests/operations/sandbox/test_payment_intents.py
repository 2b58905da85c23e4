"""Payment intents: announced, confirmed, declined, captured, cancelled; and what is refused."""

from typing import Any

import pytest
import stripe

from tests.sandboxes import Sandbox

ORDER: Any = {"amount": 7500, "currency": "usd", "payment_method_types": ["card"]}
MANDATE: Any = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}


def refused(call: Any, *args: Any) -> Any:
    """The SDK's error."""
    with pytest.raises(stripe.StripeError) as error:
        call(*args)
    return error.value


def test_announced_and_then_confirmed(api: stripe.V1Services, sandbox: Sandbox) -> None:
    intent = api.payment_intents.create(ORDER | {"metadata": {"intent": "i1"}, "description": "A haircut"})
    assert (intent.status, intent.amount, intent.latest_charge) == ("requires_payment_method", 7500, None)
    assert intent.client_secret
    intent = api.payment_intents.update(intent.id, {"payment_method": "pm_card_visa", "metadata": {"more": "1"}})
    assert (intent.status, intent.metadata.to_dict()) == ("requires_confirmation", {"intent": "i1", "more": "1"})
    intent = api.payment_intents.confirm(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    charge: Any = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 7500)
    assert (charge.amount_captured, charge.payment_method_details.card.last4) == (7500, "4242")
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (248, 7252)
    assert sandbox.told() == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated",
    ]  # fmt: skip
    (money,) = sandbox.money(intent="i1")
    assert (money["charges"], money["captured"], money["fee"], money["net"]) == (1, 7500, 248, 7252)


@pytest.mark.parametrize(
    ("card", "code", "bank"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_declined_card_leaves_a_failed_charge(
    api: stripe.V1Services, pay: Any, sandbox: Sandbox, card: str, code: str, bank: str | None
) -> None:
    error = refused(pay, card)
    assert isinstance(error, stripe.CardError)
    told: Any = error.error
    assert (error.http_status, error.code, getattr(told, "decline_code", None)) == (402, code, bank)
    intent: Any = api.payment_intents.retrieve(told.payment_intent["id"], {"expand": ["latest_charge"]})
    assert (intent.status, intent.payment_method, intent.last_payment_error.code) == (
        "requires_payment_method", None, code,
    )  # fmt: skip
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", code)
    assert sandbox.told() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert [money["charges"] for money in sandbox.money()] == [0]
    again = api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})
    assert (again.status, again.last_payment_error) == ("succeeded", None)


def test_off_session_a_card_that_asks_its_owner_is_declined(pay: Any) -> None:
    error = refused(lambda: pay("pm_card_authenticationRequired", off_session=True))
    assert error.code == "authentication_required"


def test_a_card_that_was_set_up_pays_off_session(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    customer = api.customers.create({}).id
    first = pay("pm_card_authenticationRequiredOnSetup", customer=customer, setup_future_usage="off_session")
    assert first.status == "requires_action"
    sandbox.approve(first.id)
    card = api.payment_intents.retrieve(first.id).payment_method
    assert [each.id for each in api.payment_methods.list({"customer": customer}).data] == [card]
    assert pay(card, customer=customer, off_session=True).status == "succeeded"


def test_captured_in_part(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    """What is left is let go of, and no refund tells of it."""
    intent = pay(capture_method="manual")
    assert (intent.status, intent.amount_capturable, sandbox.money()[0]["captured"]) == ("requires_capture", 7500, 0)
    error = refused(api.payment_intents.capture, intent.id, {"amount_to_capture": 7501})
    assert error.code == "amount_too_large"
    assert refused(api.payment_intents.capture, intent.id, {"final_capture": False, "amount_to_capture": 1}).param
    done: Any = api.payment_intents.capture(intent.id, {"amount_to_capture": 5000, "expand": ["latest_charge"]})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 5000, 0)
    assert (done.latest_charge.amount_captured, done.latest_charge.amount_refunded) == (5000, 0)
    assert refused(api.payment_intents.capture, intent.id).code == "payment_intent_unexpected_state"
    assert api.refunds.list({"payment_intent": intent.id}).data == []
    assert sandbox.told()[-2:] == ["charge.captured", "payment_intent.succeeded"]


def test_captured_several_times(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    options = {"card": {"request_multicapture": "if_available"}}
    intent = pay(capture_method="manual", payment_method_options=options)
    first = api.payment_intents.capture(intent.id, {"amount_to_capture": 2000, "final_capture": False})
    assert (first.status, first.amount_capturable, first.amount_received) == ("requires_capture", 5500, 2000)
    last = api.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
    assert (last.status, last.amount_capturable, last.amount_received) == ("succeeded", 0, 5000)
    moved = api.balance_transactions.list({"source": str(intent.latest_charge)}).data
    assert sorted((each.amount, each.fee) for each in moved) == [(2000, 88), (3000, 87)]


def test_the_rest_of_what_was_captured_in_part_is_let_go(api: stripe.V1Services, pay: Any) -> None:
    intent = pay(capture_method="manual", payment_method_options={"card": {"request_multicapture": "if_available"}})
    api.payment_intents.capture(intent.id, {"amount_to_capture": 2000, "final_capture": False})
    gone = api.payment_intents.cancel(intent.id)
    assert (gone.status, gone.amount_capturable, gone.amount_received) == ("canceled", 0, 2000)


@pytest.mark.parametrize("method", ["automatic", "manual"])
def test_cancelled(api: stripe.V1Services, pay: Any, method: str) -> None:
    order = ORDER | {"capture_method": method}
    intent = pay(capture_method="manual") if method == "manual" else api.payment_intents.create(order)
    gone = api.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})
    assert (gone.status, gone.cancellation_reason, gone.amount_capturable) == ("canceled", "requested_by_customer", 0)
    assert refused(api.payment_intents.confirm, intent.id).code == "payment_intent_unexpected_state"
    assert refused(api.payment_intents.cancel, intent.id).code == "payment_intent_unexpected_state"


def test_an_authorisation_lasts_a_week(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    intent = pay(capture_method="manual")
    sandbox.control("POST", "clock", seconds=7 * 86_400)
    gone = api.payment_intents.retrieve(intent.id)
    assert (gone.status, gone.cancellation_reason) == ("canceled", "expired")


@pytest.mark.parametrize(
    ("name", "outcome"), [("pm_usBankAccount", "succeeded"), ("pm_usBankAccount_accountClosed", "x")]
)
def test_a_debit_is_decided_days_later(api: stripe.V1Services, sandbox: Sandbox, name: str, outcome: str) -> None:
    order: Any = ORDER | {"payment_method_types": ["us_bank_account"], "payment_method": name, "confirm": True}
    assert refused(api.payment_intents.create, order).code == "payment_intent_mandate_invalid"
    intent = api.payment_intents.create(order | MANDATE)
    assert intent.status == "processing"
    assert refused(api.payment_intents.cancel, intent.id).code == "payment_intent_unexpected_state"
    sandbox.control("POST", "debits")
    after: Any = api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    if outcome == "succeeded":
        assert (after.status, after.latest_charge.paid, sandbox.money()[0]["fee"]) == ("succeeded", True, 60)
    else:
        assert (after.status, after.last_payment_error.code) == ("requires_payment_method", "account_closed")
        assert sandbox.told()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"amont": 1}, "parameter_unknown", "amont"),
        (
            {"payment_method_options": {"card": {"colour": "red"}}},
            "parameter_unknown",
            "payment_method_options[card][colour]",
        ),
        ({"amount": None}, "parameter_missing", "amount"),
        ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"amount": 1005, "currency": "kwd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 1050, "currency": "isk"}, "parameter_invalid_integer", "amount"),
        ({"currency": "dollars"}, None, "currency"),
        ({"payment_method": "pm_nobody"}, "resource_missing", "payment_method"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"off_session": True}, None, "off_session"),
        ({"payment_method": "pm_usBankAccount"}, None, "payment_method"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    api: stripe.V1Services, change: dict[str, Any], code: str | None, param: str
) -> None:
    order = {name: value for name, value in (ORDER | change).items() if value is not None}
    error = refused(api.payment_intents.create, order)
    assert isinstance(error, stripe.InvalidRequestError)
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert api.payment_intents.list().data == []


@pytest.mark.parametrize(("currency", "amount", "fee"), [("jpy", 7500, 270), ("kwd", 7500, 218), ("eur", 7500, 138)])
def test_currencies_with_other_decimals(pay: Any, sandbox: Sandbox, currency: str, amount: int, fee: int) -> None:
    assert pay(amount=amount, currency=currency).amount_received == amount
    assert sandbox.money()[0]["fee"] == fee


def test_what_the_dashboard_offers_needs_a_way_back(api: stripe.V1Services) -> None:
    order: Any = {"amount": 7500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    assert "return_url" in str(refused(api.payment_intents.create, order))
    assert api.payment_intents.create(order | {"return_url": "https://example.com"}).status == "succeeded"


def test_a_card_without_a_customer_is_used_once(api: stripe.V1Services, pay: Any) -> None:
    card = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    pay(card)
    assert "may not be used again" in str(refused(pay, card))


def test_pages_of_a_list(api: stripe.V1Services, sandbox: Sandbox) -> None:
    made = [api.payment_intents.create(ORDER).id for _ in range(5)][::-1]
    first = api.payment_intents.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == (made[:2], True)
    rest = api.payment_intents.list({"limit": 3, "starting_after": made[1]})
    assert ([each.id for each in rest.data], rest.has_more) == (made[2:], False)
    assert [each.id for each in api.payment_intents.list({"ending_before": made[2]}).data] == made[:2]
    assert [each.id for each in api.payment_intents.list({"limit": 2}).auto_paging_iter()] == made
    assert api.payment_intents.list({"created": {"gte": 4_000_000_000}}).data == []
    assert refused(api.payment_intents.list, {"limit": 101}).code == "parameter_invalid_integer"
    assert refused(api.payment_intents.list, {"starting_after": "pi_nobody"}).code == "resource_missing"


def test_strangers_and_wrong_addresses(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    intent = pay()
    stranger = Sandbox(sandbox.address, sandbox.key + "x").client().v1
    assert refused(stranger.payment_intents.retrieve, intent.id).code == "resource_missing"
    live = Sandbox(sandbox.address, "sk_live_x").client().v1
    assert isinstance(refused(live.payment_intents.retrieve, intent.id), stripe.AuthenticationError)
    assert refused(api.payouts.list).http_status == 404
    assert api.accounts.retrieve_current().id.startswith("acct_")
