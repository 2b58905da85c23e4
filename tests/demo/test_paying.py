"""Paying in the demo: what is offered, where the browser is led, and what becomes of it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from authspine.demo import money_picture
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payment_methods, payments, verticals
from bookings.models import Booking
from payments.models import MethodSetup, PaymentIntent, PaymentMethod
from payments.queries.books import AccountLine
from tests.demo.visitor import Visitor, fault, said
from tests.fixtures import Maker
from tests.sandboxes import Sandbox


@pytest.fixture
def booking(make: Maker, sandbox: Sandbox) -> Booking:
    """75.00, of which 20.00 is the deposit, at a business that takes every way of paying."""
    with organization_scope(make.organization, SYSTEM):
        verticals.configure("consulting", allowed_payment_methods=["card", "bank", "cash", "invoice"])
    booked: Booking = make.booking(service=make.service(deposit=Money(2000, "USD")))
    return booked


def choices(page: str, name: str) -> list[str]:
    return re.findall(rf'<input type="radio" name="{name}" value="(\w+)"', page)


def newest(visitor: Visitor) -> PaymentIntent:
    with organization_scope(visitor.organization, SYSTEM):
        return PaymentIntent.objects.order_by("-created_at", "-id")[0]


def led_to(response: Any) -> str:
    """Where this answer leads: on this site by a redirect, to the bank by a page of its own."""
    return response.headers.get("Location") or response.headers["Refresh"].removeprefix("0; url=")


def sent(visitor: Visitor, booking: Booking, **fields: Any) -> str:
    """Where the browser is led after paying."""
    return led_to(visitor.client.post(reverse("demo:booking-pay", args=[booking.id]), fields))


def test_what_is_due_decides_what_can_be_paid(visitor: Visitor, booking: Booking) -> None:
    page = visitor.open("booking", booking.id)
    assert choices(page, "purpose") == ["deposit", "full"]
    assert "The deposit: $20.00" in page
    page = visitor.press("booking-pay", booking.id, purpose="deposit", way="cash")
    assert said(page) == "✓ Paid. See the payment"
    assert "Pay $55.00" in page
    page = visitor.press("booking-pay", booking.id, way="cash")
    assert newest(visitor).purpose == "balance"
    assert "Pay $" not in page


def test_a_fee_that_is_owed_can_be_paid(visitor: Visitor, booking: Booking) -> None:
    with organization_scope(visitor.organization, SYSTEM):
        bookings.confirm(booking.id)
        bookings.mark_no_show(booking.id)
        Booking.objects.filter(id=booking.id).update(fee_cents=1000)
    assert "Pay $10.00" in visitor.open("booking", booking.id)
    assert said(visitor.press("booking-pay", booking.id, way="cash")).startswith("✓ Paid.")
    assert (newest(visitor).purpose, newest(visitor).amount_cents) == ("fee", 1000)


@pytest.mark.parametrize(("granted", "told"), [(True, "Paid: the money has arrived."), (False, "Try another card")])
def test_the_bank_s_page_and_back(
    visitor: Visitor, booking: Booking, sandbox: Sandbox, granted: bool, told: str
) -> None:
    at = sent(visitor, booking, purpose="full", way="approve")
    intent = newest(visitor)
    assert at == intent.next_action_url
    assert at.startswith(sandbox.address)
    page = visitor.open("payment-return", intent.id)
    assert "Not approved yet" in page
    assert at in page
    sandbox.approve(intent.gateway_id, granted=granted)
    page = visitor.open("payment-return", intent.id)
    assert told in page
    assert ("Try again" in page) is not granted
    assert ("Receipt" in page) is granted
    assert ("The client has not approved it at their bank." in page) is not granted


def test_a_provider_that_is_away_is_no_answer(visitor: Visitor, booking: Booking, sandbox: Sandbox) -> None:
    sent(visitor, booking, purpose="full", way="approve")
    sandbox.fault("error", "/v1/payment_intents/*", method="GET", status=500, times=9)
    assert "Not known yet" in visitor.open("payment-return", newest(visitor).id)


@pytest.mark.parametrize(("way", "why"), [("declined", "Your card was declined."), ("empty", "insufficient funds")])
def test_declined_says_why_and_offers_another_try(visitor: Visitor, booking: Booking, way: str, why: str) -> None:
    page = visitor.press("booking-pay", booking.id, purpose="full", way=way)
    assert why in said(page)
    assert choices(page, "way")
    assert "Try again" in visitor.open("payment", newest(visitor).id)


def test_a_debit_takes_its_time(visitor: Visitor, booking: Booking, sandbox: Sandbox) -> None:
    page = visitor.press("booking-pay", booking.id, purpose="full", way="bank")
    assert "On its way: the bank takes its time" in said(page)
    assert "a debit takes days" in page
    sandbox.settle_debit(newest(visitor).gateway_id)
    assert "Paid</span>" in visitor.press("payment-ask", newest(visitor).id)


def test_authorized_captured_in_part_and_in_full(visitor: Visitor, booking: Booking) -> None:
    page = visitor.press("booking-pay", booking.id, purpose="full", way="card", later="on")
    assert "Authorized: the money is held" in said(page)
    intent = newest(visitor)
    page = visitor.press("payment-capture", intent.id, amount="80")
    assert fault(page, "amount") == "This is more than what is left of the authorized amount."
    page = visitor.press("payment-capture", intent.id, amount="25.00", more_follows="on")
    assert said(page) == "✓ Captured: $25.00 altogether."
    page = visitor.press("payment-capture", intent.id, amount="50.00")
    assert said(page) == "✓ Captured: $75.00 altogether."
    assert "Capture what is held" not in page


def test_what_is_held_is_let_go(visitor: Visitor, booking: Booking) -> None:
    visitor.press("booking-pay", booking.id, purpose="full", way="card", later="on")
    page = visitor.press("payment-cancel", newest(visitor).id)
    assert said(page) == "✓ Cancelled: nothing of it is held any more."
    assert "Cancelled</span>" in page


@pytest.mark.parametrize("way", ["cash", "invoice", "bank"])
def test_only_a_card_can_be_authorized_first(visitor: Visitor, booking: Booking, way: str) -> None:
    page = visitor.press("booking-pay", booking.id, purpose="full", way=way, later="on")
    assert "Only a card or a wallet" in fault(page, "later")


@pytest.mark.parametrize("wrong", [{"purpose": "tip"}, {"way": "shells"}, {"way": ""}])
def test_what_is_not_offered_is_refused(visitor: Visitor, booking: Booking, wrong: dict[str, str]) -> None:
    page = visitor.press("booking-pay", booking.id, **({"purpose": "full", "way": "cash"} | wrong))
    assert "That did not work yet" in page
    with organization_scope(visitor.organization, SYSTEM):
        assert not PaymentIntent.objects.exists()


def test_a_dispute_is_shown_when_the_provider_is_asked(visitor: Visitor, booking: Booking) -> None:
    visitor.press("booking-pay", booking.id, purpose="full", way="dispute")
    page = visitor.press("payment-ask", newest(visitor).id)
    assert "Disputed</span>" in page
    assert "Taken back by the bank" in page


def test_a_receipt_tells_all_and_needs_no_scripts(visitor: Visitor, booking: Booking) -> None:
    visitor.press("booking-pay", booking.id, purpose="full", way="card")
    intent = newest(visitor)
    visitor.press("payment-refund", intent.id, amount="25", reason="Had to wait")
    page = visitor.open("payment-receipt", intent.id)
    for told in (visitor.organization.name, str(intent.id), "card, in full", "−$25.00", "Had to wait", "$50.00"):
        assert told in page
    assert "The provider's fee of $2.48 is paid by" in page
    assert "<script" not in page


def test_the_ledger_of_a_booking_and_of_the_business(visitor: Visitor, booking: Booking) -> None:
    visitor.press("booking-pay", booking.id, purpose="full", way="card")
    visitor.press("payment-refund", newest(visitor).id, amount="25")
    of_booking, whole = visitor.open("booking-ledger", booking.id), visitor.open("ledger")
    for page in (of_booking, whole):
        figures = re.findall(r"<li><svg.*?</svg>([^<]+) <strong>([^<]+)</strong>", page)
        assert figures == [("At Stripe", "$47.52"), ("Fees", "$2.48"), ("Deposits held", "$50.00")]
        assert page.count('<table class="rows tight">') == 3
    assert reverse("demo:booking", args=[booking.id]) in whole


@pytest.mark.parametrize("days", ["7", "365", "x", ""])
def test_any_period_is_answered(visitor: Visitor, days: str) -> None:
    assert "No money has moved yet." in visitor.open("ledger", days=days)


def test_the_bars_are_of_one_length_whatever_their_signs() -> None:
    held = {"cash_at_stripe": -200, "cash_in_hand": 5000, "fees": 200, "revenue": -5000}
    lines = [AccountLine(account, "USD", 0, 0, cents) for account, cents in held.items()]
    picture = money_picture.draw([*lines, AccountLine("fees", "EUR", 0, 0, 9)], "USD")
    assert picture
    for bar in (picture.is_in, picture.comes_from):
        assert sum(part.cents for part in bar) == picture.total_cents == 5200
        assert round(sum(part.width for part in bar)) == picture.width
    assert money_picture.draw(lines, "CHF") is None


class TestOnFile:
    def test_a_card_is_kept_charged_and_forgotten(self, visitor: Visitor, booking: Booking) -> None:
        page = visitor.press("client-on-file", booking.client_id, card="card")
        assert "Kept on file" in said(page)
        assert "Visa ending in 4242" in page
        assert said(visitor.press("booking-pay", booking.id, purpose="full", way="file")).startswith("✓ Paid.")
        assert newest(visitor).off_session
        with organization_scope(visitor.organization, SYSTEM):
            method = PaymentMethod.objects.get()
        assert "Nothing is on file." in visitor.press("on-file-remove", method.id)

    def test_the_bank_may_want_an_approval(self, visitor: Visitor, booking: Booking, sandbox: Sandbox) -> None:
        at = reverse("demo:client-on-file", args=[booking.client_id])
        led = led_to(visitor.client.post(at, {"card": "approve"}))
        assert led.startswith(sandbox.address)
        assert led in visitor.open("client-approved", booking.client_id)
        sandbox.approve(re.search(r"seti_\w+", led)[0])  # type: ignore[index]
        assert "Kept on file" in visitor.open("client-approved", booking.client_id)
        assert "Visa ending in 3155" in visitor.open("client-on-file", booking.client_id)

    def test_nobody_is_sent_to_the_bank_for_a_copy(self, visitor: Visitor, booking: Booking, sandbox: Sandbox) -> None:
        at = reverse("demo:client-on-file", args=[booking.client_id])
        led = led_to(visitor.client.post(at, {"card": "approve"}))
        with organization_scope(visitor.organization, SYSTEM):
            original = MethodSetup.objects.get()
            told = {"type": "card", "status": "requires_action", "next_action_url": led}
            told["gateway_id"] = original.gateway_id
            original.delete()
            MethodSetup.objects.create(client_id=booking.client_id, **told)
        page = visitor.open("client-approved", booking.client_id)
        assert "This was not put on file here." in page
        assert led not in page

    def test_a_declined_card_is_told(self, visitor: Visitor, booking: Booking) -> None:
        page = visitor.press("client-on-file", booking.client_id, card="declined")
        assert "declined" in said(page)

    def test_another_one_is_charged_from_now_on(self, visitor: Visitor, booking: Booking) -> None:
        for card in ("pm_card_visa", "pm_card_mastercard"):
            told: Any = {"client": booking.client_id, "type": "card", "payment_method": card}
            payment_methods.add(visitor.organization, SYSTEM, **told)
        with organization_scope(visitor.organization, SYSTEM):
            other = PaymentMethod.objects.get(is_default=False)
        assert "From now on this one is charged." in said(visitor.press("on-file-default", other.id))
        with organization_scope(visitor.organization, SYSTEM):
            assert PaymentMethod.objects.get(is_default=True) == other


def test_a_payment_that_is_under_way_is_led_to(visitor: Visitor, booking: Booking) -> None:
    asked: Any = {"booking": booking.id, "method": "card", "payment_method": "pm_card_authenticationRequired"}
    intent = payments.pay(visitor.organization, SYSTEM, **asked)
    page = visitor.open("booking", booking.id)
    assert "A payment is under way." in page
    assert reverse("demo:payment", args=[intent.id]) in page
    assert "Approve at the bank" in visitor.open("payment", intent.id)
