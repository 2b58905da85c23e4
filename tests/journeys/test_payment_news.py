"""What the gateway says later, learnt by looking: banks that answer after days, refunds that do not arrive."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments.errors import PaymentInProgress
from payments.models import Alert, PaymentIntent, Refund
from tests.payments.paying import STAFF, book, confirm, events, refund, shop, start, stored
from tests.sandboxes import Sandbox
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization, sandbox: Sandbox) -> Studio:
    return shop(organization)


def look(studio: Studio, intent: PaymentIntent) -> PaymentIntent:
    for _ in range(2):  # what is known already is no news
        found = payments.look(studio.organization, STAFF, intent.id)
    return found


def the_refund(studio: Studio) -> Any:
    with organization_scope(studio.organization, STAFF):
        return Refund.objects.get()


def alerts(studio: Studio) -> list[str]:
    with organization_scope(studio.organization, STAFF):
        return [row.kind for row in Alert.objects.all()]


@pytest.mark.parametrize(("outcome", "status"), [("succeeds", "succeeded"), ("fails", "failed")])
def test_a_bank_answers_a_debit_days_later(studio: Studio, sandbox: Sandbox, outcome: str, status: str) -> None:
    booking = book(studio)
    intent = confirm(studio, start(studio, booking, "bank"), "pm_usBankAccount")
    assert look(studio, intent).status == "processing"
    with pytest.raises(PaymentInProgress):
        start(studio, booking, "cash")
    sandbox.settle_debit(intent.gateway_id, outcome)
    found = look(studio, intent)
    assert (found.status, found.captured_cents) == (status, 7500 if status == "succeeded" else 0)
    assert events(studio) == ["payment.created", f"payment.{status}"]
    if status == "failed":
        assert found.failure == {"code": "insufficient_funds", "detail": "Your card has insufficient funds."}
        assert confirm(studio, start(studio, booking, "cash")).status == "succeeded"


@pytest.mark.parametrize(("outcome", "status", "left"), [("succeeds", "succeeded", 0), ("fails", "failed", 7500)])
def test_a_refund_that_takes_its_time(studio: Studio, sandbox: Sandbox, outcome: str, status: str, left: int) -> None:
    intent = confirm(studio, start(studio, book(studio)), "pm_card_pendingRefund")
    made = refund(studio, intent)
    assert (made.status, stored(studio, intent).left.amount_cents) == ("pending", 0)
    sandbox.settle_refund(made.gateway_id, outcome)
    look(studio, intent)
    assert (the_refund(studio).status, stored(studio, intent).left.amount_cents) == (status, left)
    told = {"succeeded": ["refunded"], "failed": ["refund_failed", "alert_raised"]}[status]
    assert events(studio) == [f"payment.{word}" for word in ("created", "succeeded", *told)]
    assert alerts(studio) == ([] if status == "succeeded" else ["refund_failed"])


def test_a_refund_that_the_bank_sends_back_can_be_made_again(studio: Studio, sandbox: Sandbox) -> None:
    intent = confirm(studio, start(studio, book(studio)), "pm_card_pendingRefund")
    first = refund(studio, intent)
    sandbox.settle_refund(first.gateway_id, "fails")
    look(studio, intent)
    second = refund(studio, intent, 5000)
    assert (second.id != first.id, second.amount_cents, stored(studio, intent).refunded_cents) == (True, 5000, 5000)


def test_a_refund_made_at_the_gateway_becomes_one_of_ours(studio: Studio, sandbox: Sandbox) -> None:
    intent = confirm(studio, start(studio, book(studio)), "pm_card_visa")
    sandbox.client().v1.refunds.create({"payment_intent": intent.gateway_id, "amount": 2000})
    assert look(studio, intent).refunded_cents == 2000
    made = the_refund(studio)
    assert (made.cause, made.status, made.amount_cents) == ("provider", "succeeded", 2000)
    assert events(studio)[-1] == "payment.refunded"


@pytest.mark.parametrize(("also", "told"), [("", []), ("cash", ["overpaid"])])
def test_who_paid_after_we_gave_up_has_paid(studio: Studio, sandbox: Sandbox, also: str, told: list[str]) -> None:
    """Our row says cancelled, the gateway has the money: it has the last word."""
    booking = book(studio)
    intent = start(studio, booking)
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(status="cancelled")
    if also:
        confirm(studio, start(studio, booking, also))
    sandbox.client().v1.payment_intents.confirm(intent.gateway_id, {"payment_method": "pm_card_visa"})
    assert look(studio, intent).status == "succeeded"
    assert events(studio)[-1 - len(told)] == "payment.succeeded"
    assert alerts(studio) == told
