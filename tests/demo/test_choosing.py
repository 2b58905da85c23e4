"""With whom, in the demo's calendar: anybody who can, or somebody else than it was."""

from datetime import timedelta

from authspine.kernel.money import Money
from tests.demo.test_calendar import free, week
from tests.demo.visitor import Visitor, said
from tests.factories import hour
from tests.fixtures import Maker


def test_anybody_will_do(visitor: Visitor, make: Maker) -> None:
    service, other = make.service(), make.professional(name="Jo Second")
    make.offer(service=service, professional=other, priority=5)
    client = make.client()
    query = f"?professional=any&service={service.id}"
    for who in ("Pro Mann", "Jo Second"):
        assert hour(10).isoformat() in free(week(visitor, professional="any", service=service.id))
        page = visitor.press(
            "calendar", query=query, service=service.id, client=client.id, starts_at=hour(10).isoformat()
        )
        assert f"Time held: Consultation for Ana García with {who}" in said(page)
    assert hour(10).isoformat() not in free(week(visitor, professional="any", service=service.id))


def test_anybody_has_nothing_to_show_where_nothing_is_on_offer(visitor: Visitor, make: Maker) -> None:
    make.professional()
    assert "Nothing is on offer yet." in visitor.open("calendar", professional="any")


def test_a_booking_goes_to_somebody_else_at_the_price_as_agreed(visitor: Visitor, make: Maker) -> None:
    service, other = make.service(), make.professional(name="Jo Second")
    make.offer(service=service, professional=other, price=Money(9900, "USD"))
    stranger = make.professional(name="Offers Nothing")
    booking = make.booking(service=service)
    page = visitor.open("calendar", move=booking.id)
    assert "Jo Second</option>" in page
    assert "Offers Nothing" not in page
    moved = visitor.press(
        "calendar", query=f"?move={booking.id}&professional={other.id}", starts_at=hour(10).isoformat()
    )
    assert "Moved to a new time: Consultation for Ana García with Jo Second" in said(moved)
    found = visitor.booking(booking.id)
    assert (found.session.professional_id, found.total_cents) == (other.id, 7500)
    # Somebody who does not offer it is not asked.
    visitor.press("calendar", query=f"?move={booking.id}&professional={stranger.id}", starts_at=hour(11).isoformat())
    assert visitor.booking(booking.id).session.professional_id == other.id


def test_what_cancelling_would_cost_is_told(visitor: Visitor, make: Maker) -> None:
    late = {"cancellation_window_minutes": 366 * 24 * 60, "cancellation_fee_bps": 5000, "no_show_fee_cents": 2000}
    strict = make.booking(service=make.service(policy=late | {"max_reschedules": 2}))
    page = visitor.open("booking", strict.id)
    assert "Cancelling now costs $37.50" in page
    assert "costs $20.00" in page
    assert "2 more times" in page
    kind = make.booking(
        service=make.service(policy={"cancellation_window_minutes": 0}), starts_at=hour(10) + timedelta(days=7)
    )
    assert "Cancelling is free until" in visitor.open("booking", kind.id)
