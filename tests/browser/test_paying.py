"""A payment as people meet it: declined, approved on the bank's page, receipted, given back in part, in the ledger."""

from pathlib import Path

import pytest

from authspine.kernel.money import Money
from bookings.models import Booking
from tests.browser.conftest import Opener, Site
from tests.browser.person import Person
from tests.browser.test_story import LOOKS, check
from tests.fixtures import Maker

APPROVED = "Test card 4000 0027 6000 3184: the client must approve"


@pytest.fixture
def booking(site: Site) -> Booking:
    """75.00, of which 20.00 is the deposit."""
    make = Maker(site.organization)
    booked: Booking = make.booking(service=make.service(deposit=Money(2000, "USD")))
    return booked


@pytest.fixture
def person(browse: Opener, booking: Booking, screenshots: Path, request: pytest.FixtureRequest) -> Person:
    looks = request.param
    visitor = Person(browse(**LOOKS[looks]), screenshots, looks)
    visitor.go(f"/bookings/{booking.id}")
    return visitor


EVERY = pytest.mark.parametrize("person", LOOKS, indirect=True)


@EVERY
def test_from_declined_to_the_ledger(person: Person, booking: Booking) -> None:
    check(person, "paying-choice")
    pays(person, "In full: $75.00", "Test card 4000 0000 0000 0341: declined")
    person.is_told("declined")
    check(person, "paying-declined")

    pays(person, "In full: $75.00", APPROVED)
    person.page.get_by_role("button", name="Complete authentication").click()
    person.sees("Paid: the money has arrived.")
    check(person, "paying-returned")

    person.click("Receipt")
    person.sees("Paid with this payment")
    check(person, "paying-receipt")
    person.page.get_by_role("main").get_by_role("link", name="Payment", exact=True).click()
    person.fill(Amount_in_USD="25.00", Reason="Had to wait")
    person.click("Give it back")
    person.is_told("Given back: $25.00.")
    check(person, "paying-refunded")

    person.click("Ledger")
    person.sees("Where its money is now")
    person.sees("Deposits held")
    person.sees("$50.00")
    check(person, "paying-ledger")


@EVERY
def test_not_approved_and_tried_again_with_authorizing_first(person: Person, booking: Booking) -> None:
    pays(person, "The deposit: $20.00", APPROVED)
    person.page.get_by_role("button", name="Fail authentication").click()
    person.sees("Not paid: nothing was charged.")
    check(person, "paying-not-approved")
    person.click("Try again")
    person.page.get_by_label("Authorize now, capture later").check()
    pays(person, "The deposit: $20.00", "Test card 4242 4242 4242 4242: accepted")
    person.is_told("Authorized: the money is held on the card.")
    check(person, "paying-authorized")
    person.fill(Amount_in_USD="15.00")
    person.click("Capture")
    person.is_told("Captured: $15.00 altogether.")


@EVERY
def test_a_card_is_kept_on_file_and_charged(person: Person, booking: Booking) -> None:
    person.go(f"/clients/{booking.client_id}/on-file")
    person.page.get_by_label("Test card 4000 0025 0000 3155: approved once, then kept").check()
    person.click("Keep it on file")
    person.page.get_by_role("button", name="Complete authentication").click()
    person.sees("Kept on file")
    person.click("What is on file")
    person.sees("Visa ending in 3155")
    check(person, "paying-on-file")
    person.go(f"/bookings/{booking.id}")
    pays(person, "In full: $75.00", "Visa ending in 3155, on file: the client need not be here")
    person.is_told("Paid.")


def pays(person: Person, purpose: str, way: str) -> None:
    person.page.get_by_label(purpose).check()
    person.page.get_by_label(way).check()
    person.page.get_by_role("main").get_by_role("button", name="Pay", exact=True).click()
