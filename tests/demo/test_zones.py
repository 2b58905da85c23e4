"""In which zone times are shown: the organization's, until the visitor chooses another."""

from tests.demo.visitor import Visitor, fault, said
from tests.factories import hour
from tests.fixtures import Maker


def test_the_zone_is_named_and_chosen(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    assert "Times are in <strong>UTC</strong>" in visitor.open("overview")
    assert ", 10:00</time>" in visitor.open("booking", booking.id)
    page = visitor.press("zone", zone="Asia/Tokyo")
    assert "Times are shown in Asia/Tokyo now." in said(page)
    page = visitor.open("booking", booking.id)
    assert ", 19:00</time>" in page
    assert f'datetime="{hour(10).isoformat()}" title="' in page
    assert "19:00:00, Asia/Tokyo (UTC+09:00)" in page


def test_what_is_no_zone_is_told(visitor: Visitor) -> None:
    assert fault(visitor.press("zone", zone="Mars/Base"), "zone") == "Choose a time zone from the list."


def test_a_cookie_that_somebody_made_up_does_no_harm(visitor: Visitor) -> None:
    for made_up in ("Mars/Base", "../../etc/passwd", "x" * 5000, "\x80"):
        visitor.client.cookies["zone"] = made_up
        assert "Times are in <strong>UTC</strong>" in visitor.open("overview")
