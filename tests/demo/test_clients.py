"""Clients in the demo: registered, found, changed, deleted."""

import io
import zipfile
from typing import Any

from django.urls import reverse

from tests.demo.visitor import Visitor, fault, said, value
from tests.fixtures import Maker


def test_a_client_is_registered(visitor: Visitor) -> None:
    page = visitor.press("client-new", name="Zoë Müller", email="zoe@example.com", phone="+49 30 5550 0107")
    assert said(page) == "✓ Client registered: Zoë Müller"
    assert "<h1" in page
    assert "zoe@example.com" in visitor.open("clients")


def test_what_is_missing_stands_beside_its_field_and_at_the_top(visitor: Visitor) -> None:
    page = visitor.press("client-new", name="", email="zoe", phone="123")
    assert fault(page, "name") == "Enter the client's name."
    assert fault(page, "email") == "Enter an e-mail address such as ana@example.com."
    assert "Enter the client's name." in said(page)
    assert '<a href="#id_email">' in page
    assert (value(page, "email"), value(page, "phone")) == ("zoe", "123")


def test_a_refusal_of_the_journey_stands_beside_its_field(visitor: Visitor, make: Maker) -> None:
    make.client(email="zoe@example.com")
    page = visitor.press("client-new", name="Zoë", email="ZOE@example.com")
    assert fault(page, "email") == "A client with this e-mail address exists already."
    assert value(page, "name") == "Zoë"


def test_a_client_is_changed(visitor: Visitor, make: Maker) -> None:
    client = make.client(phone="123")
    assert value(visitor.open("client-edit", client.id), "phone") == "123"
    page = visitor.press("client-edit", client.id, name="Ana Ruiz", email=client.email, phone="456")
    assert "Saved: Ana Ruiz" in said(page)
    assert "456" in page


def test_a_client_without_bookings_is_deleted(visitor: Visitor, make: Maker) -> None:
    page = visitor.press("client-delete", make.client().id)
    assert said(page) == "✓ Client deleted: Ana García"
    assert "No clients yet" in page


def test_what_is_known_of_a_client_is_a_file(visitor: Visitor, make: Maker) -> None:
    client = make.client(notes="Likes tea")
    assert "Export what we know" in visitor.open("client", client.id)
    response: Any = visitor.client.post(reverse("demo:client-export", args=[client.id]))
    assert response.headers["Content-Disposition"] == f'attachment; filename="client-{client.id}.zip"'
    assert response.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "Likes tea" in archive.read("person.html").decode()
    assert "client.exported" in visitor.open("events")


def test_search_finds_by_name_mail_and_the_end_of_the_phone(visitor: Visitor, make: Maker) -> None:
    make.client(name="Łukasz Nowak", email="luk@example.com", phone="212 555 0102")
    make.client(name="Zoë Müller", email="zoe@example.com")
    for typed in ("nowak", "luk@", "0102", "now luk"):
        page = visitor.open("clients", search=typed)
        assert "Łukasz Nowak" in page
        assert "Zoë Müller" not in page
    assert "No client matches “xyz”" in visitor.open("clients", search="xyz")


def test_search_takes_anything(visitor: Visitor) -> None:
    for typed in ("\0", "%", "_" * 5000, "'; --", "<script>", " ", "٣"):
        assert visitor.open("clients", search=typed)


def test_typing_swaps_the_list_alone(visitor: Visitor, make: Maker) -> None:
    make.client()
    piece = visitor.open("clients", search="ana", htmx=True)
    assert piece.lstrip().startswith("<table")
    assert "<html" not in piece


def test_going_back_gets_the_whole_page(visitor: Visitor) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in visitor.client.get("/platform-demo/clients", headers=headers).content


def test_lists_are_paged(visitor: Visitor, make: Maker) -> None:
    for number in range(21):
        make.client(name=f"Client {number:02}")
    first = visitor.open("clients")
    assert "Client 20" in first
    assert "Client 00" not in first
    assert "/platform-demo/clients?page=2" in first
    second = visitor.open("clients", page=2)
    assert "Client 00" in second
    assert 'rel="next"' not in second


def test_a_page_number_that_is_none_is_the_first(visitor: Visitor, make: Maker) -> None:
    make.client()
    for number in ("0", "-1", "x", "9" * 30, "²"):
        assert "Ana García" in visitor.open("clients", page=number)


def test_a_name_is_text_and_never_markup(visitor: Visitor, make: Maker) -> None:
    client = make.client(name="<script>alert(1)</script>")
    response = visitor.client.get(f"/platform-demo/clients/{client.id}")
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;alert(1)" in response.content
