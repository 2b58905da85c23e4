"""Erasing a client in the demo: told what goes and stays, confirmed by a word, and followed by the receipt."""

import re

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from tests.demo.visitor import Visitor, fault, said
from tests.fixtures import Maker


def test_the_page_tells_what_goes_and_what_stays(visitor: Visitor, make: Maker) -> None:
    client = make.client()
    assert f"/platform-demo/clients/{client.id}/erase" in visitor.open("client", client.id)
    page = visitor.open("client-erase", client.id)
    assert "Name, e-mail address, phone number" in page
    assert "A line on the list of erasures" in page
    assert '<form class="form" method="post"' in page
    assert "csrfmiddlewaretoken" in page


def test_only_the_typed_word_erases(visitor: Visitor, make: Maker) -> None:
    client = make.client()
    for word in ("", "yes", "erase me"):
        assert fault(visitor.press("client-erase", client.id, word=word), "word") == "Type the word erase."
    assert client.email in visitor.open("client", client.id)


def test_the_receipt_is_shown_afterwards_and_whenever_it_is_asked_for(visitor: Visitor, make: Maker) -> None:
    booking = make.booking(notes="peanuts")
    with organization_scope(visitor.organization, SYSTEM):
        bookings.cancel(booking.id)
    page = visitor.press("client-erase", booking.client_id, word="Erase ")
    assert said(page).startswith("✓ The client is erased.")
    assert "This client is erased" in page
    assert "Bookings" in page
    assert booking.client.name not in page
    again = visitor.client.get(f"/platform-demo/clients/{booking.client_id}", follow=True).content.decode()
    assert "This client is erased" in again
    assert "erased client" in visitor.open("bookings")
    assert "peanuts" not in visitor.open("booking", booking.id)


def test_a_refusal_is_told(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = visitor.press("client-erase", booking.client_id, word="erase")
    assert "There is a booking that is not over yet." in said(page)
    assert booking.client.name in re.sub(r"<[^>]+>", "", page)
