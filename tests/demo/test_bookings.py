"""A booking's page in the demo: its moves and its payments."""

import re

import pytest
from pytest_django.fixtures import Settings

from authspine.kernel.money import Money
from tests.demo.visitor import Visitor, fault, said
from tests.factories import hour
from tests.fixtures import Maker
from tests.gateways import cut_off


def test_a_hold_is_confirmed_and_completed(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("booking-confirm", booking.id)
    assert "Confirmed: the time is the client's." in said(page)
    page = visitor.press("booking-complete", booking.id)
    assert said(page) == "✓ Completed."
    assert "What next" not in page


def test_a_client_did_not_come(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    visitor.press("booking-confirm", booking.id)
    page = visitor.press("booking-no-show", booking.id)
    assert "Marked as a no-show" in said(page)
    assert "No-show</span>" in page


def test_a_move_that_is_not_allowed_is_told_in_words(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("booking-complete", booking.id)
    assert said(page) == "× A booking that is held cannot become completed."
    assert visitor.booking(booking.id).public_status == "held"


def test_a_booking_is_cancelled_with_a_reason(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("booking-cancel", booking.id, reason="")
    assert fault(page, "reason") == "Enter a reason; it stays with the booking."
    assert visitor.booking(booking.id).public_status == "held"
    page = visitor.press("booking-cancel", booking.id, reason="Caught a cold")
    assert "Cancelled: the time is free again." in said(page)
    assert "Caught a cold" in page


def test_cancelling_twice_is_told_at_the_top(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    visitor.press("booking-cancel", booking.id, reason="Ill")
    page = visitor.press("booking-cancel", booking.id, reason="Ill")
    assert "A booking that is cancelled cannot become cancelled." in said(page)


def test_a_test_card_pays(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("booking-pay", booking.id, way="card")
    assert "Paid. See the payment" in said(page)
    assert "$75.00 by card" in page
    assert "Pay $75.00" not in page


def test_a_card_that_is_declined_is_told_beside_the_choice(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("booking-pay", booking.id, way="declined")
    assert "declined" in said(page)
    assert "Failed</span>" in page
    page = visitor.press("booking-pay", booking.id, way="card")
    assert "Paid." in said(page)


def test_cash_needs_no_gateway(visitor: Visitor, make: Maker, settings: Settings) -> None:
    cut_off(settings)
    booking = make.booking(service=make.service(professional=make.professional(vertical="home_services")))
    assert "Paid." in said(visitor.press("booking-pay", booking.id, way="cash"))


def test_a_gateway_that_is_away_is_told_and_can_be_asked_again(
    visitor: Visitor, make: Maker, settings: Settings
) -> None:
    base, retries = settings.STRIPE_API_BASE, settings.STRIPE_RETRIES
    booking = make.booking()
    cut_off(settings)
    page = visitor.press("booking-pay", booking.id, way="card")
    assert "asking again is safe" in said(page)
    settings.STRIPE_API_BASE, settings.STRIPE_RETRIES = base, retries
    assert "Paid." in said(visitor.press("booking-pay", booking.id, way="card"))


@pytest.mark.parametrize("way", ["", "cash", "beads"])
def test_only_what_the_vertical_takes_is_offered(visitor: Visitor, make: Maker, way: str) -> None:
    """Consulting takes cards and invoices."""
    booking = make.booking()
    assert 'value="cash"' not in visitor.open("booking", booking.id)
    page = visitor.press("booking-pay", booking.id, way=way)
    assert fault(page, "way") in ("Choose how it is paid.", "Choose one of these ways to pay.")


def test_what_costs_nothing_cannot_be_paid(visitor: Visitor, make: Maker) -> None:
    booking = make.booking(service=make.service(price=Money(0, "USD")))
    assert "How is it paid?" not in visitor.open("booking", booking.id)
    assert "This booking costs nothing." in said(visitor.press("booking-pay", booking.id, way="card"))


def test_bookings_are_found_by_client_and_status(visitor: Visitor, make: Maker) -> None:
    booking = make.booking(client=make.client(name="Zoë Müller"))
    assert "Zoë Müller" in visitor.open("bookings", search="zoe")
    assert "Zoë Müller" not in visitor.open("bookings", search="nobody")
    assert "Zoë Müller" in visitor.open("bookings", status="held")
    assert "Zoë Müller" not in visitor.open("bookings", status="confirmed")
    visitor.press("booking-confirm", booking.id)
    assert "Zoë Müller" in visitor.open("bookings", status="confirmed", search="zo")
    assert "Zoë Müller" in visitor.open("bookings", status="nonsense")


def test_a_request_is_approved_or_declined(visitor: Visitor, make: Maker) -> None:
    service = make.service(requires_approval=True)
    asked, other = make.booking(service=service), make.booking(service=service, starts_at=hour(12))
    page = visitor.press("booking-approve", asked.id)
    assert "Approved." in page
    assert visitor.booking(asked.id).public_status == "confirmed"
    assert "Declined: the time is free again." in visitor.press("booking-decline", other.id)
    assert visitor.booking(other.id).public_status == "declined"
    assert "Approve" not in visitor.press("booking-approve", other.id)


def test_a_link_for_the_client_is_made_shown_once_and_taken_back(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    assert "/b/asl_" not in visitor.open("booking", booking.id)
    page = visitor.press("booking-link", booking.id)
    found = re.search(r"http://testserver(/b/asl_[A-Za-z0-9_-]{43})", page)
    assert found
    assert f'href="{found[0]}"' not in page
    assert visitor.client.get(found[1]).status_code == 200
    assert found[1] not in visitor.open("booking", booking.id)
    visitor.press("booking-unlink", booking.id)
    assert visitor.client.get(found[1]).status_code == 404
