"""Payments in the demo: listed, looked at, given back in part and whole."""

from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import payments
from payments.models import PaymentIntent
from tests.audit.entries import entries
from tests.demo.visitor import Visitor, fault, said, value
from tests.fixtures import Maker


@pytest.fixture
def paid(make: Maker) -> PaymentIntent:
    """75.00 by test card."""
    card: dict[str, Any] = {"method": "card", "payment_method": "pm_card_visa"}
    return payments.pay(make.organization, SYSTEM, booking=make.booking().id, **card)


def test_money_goes_back_in_part_and_then_the_rest(visitor: Visitor, paid: PaymentIntent) -> None:
    assert value(visitor.open("payment", paid.id), "amount") == "75.00"
    page = visitor.press("payment-refund", paid.id, amount="25", reason="Had to wait")
    assert said(page) == "✓ Given back: $25.00."
    assert "Partly refunded" in page
    assert "Had to wait" in page
    assert value(page, "amount") == "50.00"
    page = visitor.press("payment-refund", paid.id, amount="50.00")
    assert "Give money back" not in page
    assert "Refunded</span>" in page


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("", "Enter how much is given back."),
        ("0", "Enter an amount above zero."),
        ("75.01", "This is more than what is left of the payment."),
        ("-1", "Enter an amount such as 45.00."),
        ("ten", "Enter an amount such as 45.00."),
    ],
)
def test_a_wrong_amount_is_told_beside_it(visitor: Visitor, paid: PaymentIntent, amount: str, told: str) -> None:
    page = visitor.press("payment-refund", paid.id, amount=amount)
    assert fault(page, "amount") == told
    assert told in said(page)
    assert value(page, "amount") == amount
    assert "Nothing has been given back." in page


def test_whose_payment_was_looked_at_is_told_though_no_name_stands_there(visitor: Visitor, paid: PaymentIntent) -> None:
    client = visitor.booking(paid.booking_id).client_id
    visitor.open("payment", paid.id)
    [look] = entries(visitor.organization, verb="read")
    assert (look.actor, look.resource, look.row, look.people) == ("demo", "payments.PaymentIntent", paid.id, [client])


def test_a_payment_under_way_can_be_asked_about(visitor: Visitor, make: Maker) -> None:
    intent = payments.start(make.organization, SYSTEM, booking=make.booking().id, method="invoice")
    assert "still under way" in visitor.open("payment", intent.id)
    page = visitor.press("payment-ask", intent.id)
    assert "The payment provider has answered." in said(page)
    assert "Paid</span>" in page


def test_payments_are_found_by_client_and_status(visitor: Visitor, paid: PaymentIntent) -> None:
    assert "Ana García" in visitor.open("payments", search="ana")
    assert "No payment like that." in visitor.open("payments", search="zoe")
    assert "Ana García" in visitor.open("payments", status="succeeded")
    assert "No payment like that." in visitor.open("payments", status="failed")
