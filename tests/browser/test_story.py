"""The whole story, done by clicking: with a mouse, on a phone, and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import overflows, violations
from tests.browser.conftest import Opener
from tests.browser.person import Person

LOOKS = {
    "desktop": {},
    "phone": {"phone": True},
    "no-scripts": {"scripts": False},
}


@pytest.mark.parametrize("looks", LOOKS)
def test_from_a_new_client_to_the_refund(browse: Opener, screenshots: Path, looks: str) -> None:
    person = Person(browse(**LOOKS[looks]), screenshots, looks)
    person.go()
    person.sees("All well")
    check(person, "overview")

    client = person.registers_a_client()
    check(person, "client")
    person.onboards_a_professional()
    check(person, "professional")
    person.verifies_the_papers()
    service = person.publishes_a_service()
    check(person, "service")

    person.click("Free times")
    check(person, "calendar")
    taken = person.holds_a_free_time(client)
    check(person, "held")
    person.click("Confirm")
    person.is_told("Confirmed")
    booking = person.page.url

    person.pays("Test card 4000 0000 0000 0341: declined")
    person.is_told("declined")
    check(person, "declined")
    person.pays("Test card 4242 4242 4242 4242: accepted")
    person.is_told("Paid.")
    person.click("Complete")
    person.is_told("Completed")
    check(person, "completed")
    person.gives_back("15.00")
    person.sees("Partly refunded")
    check(person, "refunded")

    holds_another_and_cancels(person, booking, service, client, taken)
    finds_everything_again(person, client)

    person.page.goto(booking)
    person.page.reload()
    person.sees("Completed")
    person.sees("$45.00 by card")


def holds_another_and_cancels(person: Person, booking: str, service: str, client: str, taken: str) -> None:
    person.page.goto(booking)
    person.click(service)
    person.click("Free times")
    expect(person.page.get_by_role("main").get_by_text(client).last).to_be_attached()
    second = person.holds_a_free_time(client)
    assert second != taken
    person.cancels("Caught a cold")
    person.is_told("Cancelled: the time is free again.")
    check(person, "cancelled")


def finds_everything_again(person: Person, client: str) -> None:
    """Each list is searched, and the events of the story have arrived."""
    for tab in ("Clients", "Professionals", "Services"):
        person.searches(tab, person.tag)
        person.sees(re.compile(person.tag))
        expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(2)
    person.searches("Payments", person.tag)
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(3)
    check(person, "payments")
    person.tab("Overview")
    person.click("Bookings")
    person.looks_for(person.tag)
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(3)
    check(person, "bookings")

    person.tab("Analytics")
    expect(person.page.get_by_role("img", name="What happened, by day")).to_be_visible()
    for event in ("Booking cancelled", "Payment refunded", "Booking completed", "Payment succeeded", "Payment failed"):
        person.sees(event)
    person.sees(client)
    check(person, "analytics")


def check(person: Person, name: str) -> None:
    """A picture for people, and what axe-core says: once for each state, and not where no scripts can run."""
    person.snap(name)
    if person.looks not in ("phone", "no-scripts"):
        assert violations(person.page) == []
    assert person.looks == "no-scripts" or not overflows(person.page)


def test_the_button_walks_it(browse: Opener, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "story")
    person.go()
    person.click("Try the whole story")
    person.is_told("Walked from a new client to the refund")
    check(person, "walked")
    person.click("$15.00 of $45.00")
    person.sees("Partly refunded")


def test_what_is_wrong_stands_beside_its_field(browse: Opener, screenshots: Path) -> None:
    person = Person(browse(dark=True), screenshots, "errors")
    person.go("/clients/new")
    person.fill(E_mail="zoe", Phone="+49 30 5550 0107")
    person.click("Register")
    person.is_told("Enter the client's name.")
    check(person, "client")
    email = person.page.get_by_label("E-mail")
    expect(email).to_have_accessible_description(re.compile("Enter an e-mail address such as"))
    expect(email).to_have_value("zoe")
    person.page.get_by_role("alert").get_by_role("link", name="Enter the client's name.").click()
    expect(person.page.get_by_label("Name")).to_be_focused()
