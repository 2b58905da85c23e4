"""Money that goes back: by us, or by the bank of the card's owner. The entries always add up to nothing."""

from typing import Any

import pytest
import stripe

from tests.sandboxes import Sandbox


def balance(sandbox: Sandbox) -> dict[str, int]:
    sums: dict[str, int] = sandbox.control("GET", "ledger")["sums"]["usd"]
    assert sum(sums.values()) == 0
    return sums


def test_parts_and_never_more_than_all(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    intent = pay()
    told: Any = {"payment_intent": intent.id, "amount": 2000, "reason": "requested_by_customer", "metadata": {"r": "1"}}
    first = api.refunds.create(told)
    assert (first.status, first.amount, first.reason, first.metadata and first.metadata["r"]) == (
        "succeeded", 2000, "requested_by_customer", "1",
    )  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as error:
        api.refunds.create({"payment_intent": intent.id, "amount": 5501})
    assert error.value.param == "amount"
    rest = api.refunds.create({"charge": str(intent.latest_charge), "expand": ["balance_transaction", "charge"]})
    assert (rest.amount, rest.balance_transaction.amount, rest.charge.refunded) == (5500, -5500, True)  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create({"payment_intent": intent.id})
    assert error.value.code == "charge_already_refunded"
    assert [each.id for each in api.refunds.list({"payment_intent": intent.id}).data] == [rest.id, first.id]
    assert sandbox.told("refund.created", "charge.refunded") == ["refund.created", "charge.refunded"] * 2
    assert balance(sandbox) == {"balance": -248, "fees": 248, "outside": 0}


def test_what_was_not_paid_cannot_go_back(api: stripe.V1Services, pay: Any) -> None:
    for intent in (pay(capture_method="manual"), api.payment_intents.create({"amount": 500, "currency": "usd"})):
        with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
            api.refunds.create({"payment_intent": intent.id})


@pytest.mark.parametrize("outcome", ["succeeds", "fails"])
def test_a_refund_that_waits(api: stripe.V1Services, pay: Any, sandbox: Sandbox, outcome: str) -> None:
    intent = pay("pm_card_pendingRefund")
    refund = api.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"
    sandbox.settle_refund(refund.id, outcome)
    after = api.refunds.retrieve(refund.id)
    charge = api.charges.retrieve(str(intent.latest_charge))
    if outcome == "succeeds":
        assert (after.status, charge.refunded, sandbox.told()[-2:]) == (
            "succeeded", True, ["refund.updated", "charge.refund.updated"],
        )  # fmt: skip
    else:
        assert (after.status, charge.refunded, charge.amount_refunded) == ("failed", False, 0)
        assert sandbox.told("refund.failed") == ["refund.failed"]
        assert balance(sandbox)["balance"] == 7252


def test_a_refund_that_fails_after_it_was_said_to_succeed(api: stripe.V1Services, pay: Any) -> None:
    refund = api.refunds.create({"payment_intent": pay("pm_card_refundFail").id})
    assert (refund.status, api.refunds.retrieve(refund.id).status) == ("succeeded", "failed")


def test_a_refund_waits_by_script(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    intent = pay()
    sandbox.fault("refund", "/v1/refunds", outcome="pending")
    assert api.refunds.create({"payment_intent": intent.id, "amount": 100}).status == "pending"
    assert api.refunds.create({"payment_intent": intent.id, "amount": 100}).status == "succeeded"


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_takes_the_money_at_once(api: stripe.V1Services, pay: Any, sandbox: Sandbox, outcome: str) -> None:
    intent = pay("pm_card_createDispute")
    (dispute,) = api.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.amount, dispute.reason, dispute.status) == (7500, "fraudulent", "needs_response")
    assert balance(sandbox)["balance"] == 7252 - 7500 - 1500
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create({"payment_intent": intent.id})
    assert error.value.code == "charge_disputed"
    text = {"won": "winning_evidence", "lost": "losing_evidence"}[outcome]
    assert api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}}).status == outcome
    assert balance(sandbox)["balance"] == {"won": 7252 - 1500, "lost": 7252 - 7500 - 1500}[outcome]
    told = [type for type in sandbox.told() if type.startswith("charge.dispute.")]
    back = ["charge.dispute.funds_reinstated"] if outcome == "won" else []
    assert told == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated", *back,
        "charge.dispute.closed",
    ]  # fmt: skip


def test_a_dispute_by_script(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    made = sandbox.control("POST", "disputes", payment_intent=pay().id, reason="duplicate", amount=500)
    sandbox.control("POST", f"disputes/{made['id']}", outcome="won")
    assert api.disputes.retrieve(made["id"]).status == "won"
    assert balance(sandbox)["balance"] == 7252 - 1500
