"""The calendar in the demo: free times are buttons; a click holds one, or moves a booking there."""

import re
from datetime import timedelta
from typing import Any

from django.urls import reverse

from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, professionals
from bookings.models import Booking
from services.models import Offer
from tests.demo.visitor import Visitor, fault, said
from tests.factories import hour, working_day
from tests.fixtures import Maker


def free(page: str) -> list[str]:
    """The starts that have a button."""
    return re.findall(r'<button class="piece free[^>]*value="([^"]+)"', page)


def week(visitor: Visitor, **query: Any) -> str:
    return visitor.open("calendar", week=working_day().date(), **query)


def count(visitor: Visitor) -> int:
    with organization_scope(visitor.organization, SYSTEM):
        return Booking.objects.count()


def test_shows_the_free_times_that_the_api_offers(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    shown = free(week(visitor, service=service.id))
    monday = working_day() - timedelta(days=working_day().weekday())
    with organization_scope(visitor.organization, SYSTEM):
        offered = bookings.availability(services=[service.id], from_at=monday, to_at=monday + timedelta(days=7))
    assert shown == [slot.starts_at.isoformat() for slot in offered.slots]
    assert hour(10).isoformat() in shown


def test_opens_at_the_first_week_with_a_free_time(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    with organization_scope(visitor.organization, SYSTEM):
        professionals.take_time_off(
            service.professional_id, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=15)
        )
    page = visitor.open("calendar", service=service.id)
    assert free(page)
    assert free(page)[0] > (clock.now() + timedelta(days=15)).isoformat()


def test_a_click_holds_the_time(visitor: Visitor, make: Maker) -> None:
    service, client = make.service(), make.client()
    query = f"?service={service.id}"
    page = visitor.press("calendar", query=query, service=service.id, client=client.id, starts_at=hour(10).isoformat())
    assert "Time held: Consultation for Ana García" in said(page)
    assert "Held until" in page
    assert ">Confirm</button>" in page
    assert hour(10).isoformat() not in free(week(visitor, service=service.id))


def test_without_a_client_nothing_is_held_and_it_is_told_beside_the_field(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    query = f"?service={service.id}&week={working_day().date()}"
    page = visitor.press("calendar", query=query, service=service.id, client="", starts_at=hour(10).isoformat())
    assert fault(page, "client") == "Choose for whom first, then a time."
    assert "Choose for whom first, then a time." in said(page)
    assert hour(10).isoformat() in free(page)
    assert count(visitor) == 0


def test_a_time_that_was_taken_meanwhile_is_told_and_the_choice_stays(visitor: Visitor, make: Maker) -> None:
    service, client = make.service(), make.client(name="Zoë Müller")
    make.booking(service=service)
    query = f"?service={service.id}&week={working_day().date()}"
    page = visitor.press("calendar", query=query, service=service.id, client=client.id, starts_at=hour(10).isoformat())
    assert "The professional is booked at this time. Please choose another." in said(page)
    assert f'<option value="{client.id}" selected>' in page
    assert count(visitor) == 1


def test_a_start_that_is_no_time_is_told(visitor: Visitor, make: Maker) -> None:
    service, client = make.service(), make.client()
    for start in ("", "tomorrow", "2026-13-01T00:00:00Z", "2026-12-01T10:00:00"):
        page = visitor.press("calendar", service=service.id, client=client.id, starts_at=start)
        assert "Choose one of the free times." in said(page)


def test_a_client_who_has_gone_is_told_beside_the_field(visitor: Visitor, make: Maker) -> None:
    service, gone = make.service(), make.client()
    visitor.press("client-delete", gone.id)
    page = visitor.press("calendar", service=service.id, client=gone.id, starts_at=hour(10).isoformat())
    assert fault(page, "client") == "There is no such client."


def test_a_booking_is_moved(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    page = week(visitor, move=booking.id)
    assert "Choose a new time for" in page
    assert "For whom" not in page
    page = visitor.press("calendar", query=f"?move={booking.id}", starts_at=hour(14).isoformat())
    assert "Moved to a new time" in said(page)
    assert visitor.booking(booking.id).session.starts_at == hour(14)


def test_a_move_that_is_refused_leaves_the_old_time(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    make.booking(service=booking.session.service, starts_at=hour(14))
    page = visitor.press("calendar", query=f"?move={booking.id}", starts_at=hour(14).isoformat())
    assert "booked at this time" in said(page)
    assert visitor.booking(booking.id).session.starts_at == hour(10)
    assert hour(10).isoformat() not in free(week(visitor, service=booking.session.service_id))


def test_a_booking_that_is_over_cannot_be_moved(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    visitor.press("booking-cancel", booking.id, reason="Ill")
    assert "Choose a new time for" not in week(visitor, move=booking.id)


def test_shows_who_is_booked_the_buffer_and_time_off(visitor: Visitor, make: Maker) -> None:
    service = make.service(buffer_after_minutes=15)
    make.booking(service=service, client=make.client(name="Zoë Müller"))
    make.time_off(professional=service.professional)
    page = week(visitor, service=service.id)
    assert re.search(r'class="piece booked wait[^"]*".*?Zoë Müller.*?Held', page, re.DOTALL)
    assert re.search(r'class="piece buffer[^"]*"><span>Buffer<span class="clock"> 11:00–11:15', page)
    assert re.search(r'class="piece away[^"]*"><span><strong>Time off', page)
    assert 'class="piece closed' in page


def test_a_hold_that_has_run_out_is_free_again(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    with organization_scope(visitor.organization, SYSTEM):
        Booking.objects.update(hold_expires_at=clock.now() - timedelta(seconds=1))
    page = week(visitor, service=booking.session.service_id)
    assert hour(10).isoformat() in free(page)
    assert "piece booked" not in page


def test_a_class_offers_its_other_seats(visitor: Visitor, make: Maker) -> None:
    service = make.service(capacity=3)
    make.booking(service=service)
    page = week(visitor, service=service.id)
    assert "1 of 3 seats" in page
    assert f'<button class="seat" name="starts_at" value="{hour(10).isoformat()}"' in page
    assert "3 seats" in page
    listed = visitor.open("bookings", session=re.findall(r"session=([0-9a-f-]{36})", page)[0])
    assert listed.count('<th scope="row">') == 1


def test_nothing_to_book_says_what_to_do(visitor: Visitor, make: Maker) -> None:
    assert "Onboard a professional first" in visitor.open("calendar")
    professional = make.professional(vertical="beauty")
    assert "offers nothing yet" in visitor.open("calendar", professional=professional.id)
    make.service(professional=professional)
    assert "is not verified yet, so nobody can book" in visitor.open("calendar", professional=professional.id)


def test_a_full_week_leads_to_the_next_free_time(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    monday = working_day() - timedelta(days=working_day().weekday())
    with organization_scope(visitor.organization, SYSTEM):
        professionals.take_time_off(service.professional_id, starts_at=monday, ends_at=monday + timedelta(days=7))
    page = week(visitor, service=service.id)
    assert "No free time in this week." in page
    assert f"week={(monday + timedelta(days=7)).date()}" in page


def test_anything_in_the_address_is_a_page(visitor: Visitor, make: Maker) -> None:
    make.service()
    for query in (
        "week=x",
        "week=0001-01-01",
        "week=9999-12-31",
        "service=x",
        "move=x",
        "professional=1",
        "client=%00",
    ):
        assert visitor.client.get(f"{reverse('demo:calendar')}?{query}").status_code == 200


def test_the_arrows_keep_what_was_chosen(visitor: Visitor, make: Maker) -> None:
    service, client = make.service(), make.client()
    page = week(visitor, service=service.id, client=client.id)
    following = (working_day() - timedelta(days=working_day().weekday()) + timedelta(days=7)).date()
    assert re.search(rf'href="[^"]*service={service.id}[^"]*client={client.id}[^"]*week={following}', page)


def test_the_visitors_zone_decides_the_days_and_hours(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    visitor.press("zone", zone="Asia/Tokyo")
    page = week(visitor, service=service.id)
    assert "in Asia/Tokyo" in page
    assert "works on the clock of UTC" in page
    assert re.search(rf'value="{re.escape(hour(10).isoformat())}" data-at="1140">19:00', page)


def test_choosing_swaps_the_calendar_alone(visitor: Visitor, make: Maker) -> None:
    make.service()
    piece = visitor.open("calendar", htmx=True)
    assert piece.lstrip().startswith('<div id="calendar"')
    assert "<html" not in piece


def test_a_week_says_why_its_other_times_cannot_be_had(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    make.time_off(professional=booking.session.professional, starts_at=hour(12), ends_at=hour(14))
    page = week(visitor, service=booking.session.service_id)
    assert "Why is a time not free?" in page
    assert re.search(r"10:00</span> booked", page)
    assert re.search(r"12:00–13:00</span> time off", page)


def test_a_colleague_who_offers_the_service_has_a_calendar_of_it(visitor: Visitor, make: Maker) -> None:
    service, client, colleague = make.service(), make.client(), make.professional(name="Colleague")
    with organization_scope(visitor.organization, SYSTEM):
        Offer.objects.create(service=service, professional=colleague)
    query = f"?professional={colleague.id}&service={service.id}&week={working_day().date()}"
    visitor.press("calendar", query=query, service=service.id, client=client.id, starts_at=hour(10).isoformat())
    with organization_scope(visitor.organization, SYSTEM):
        assert Booking.objects.select_related("session").get().session.professional_id == colleague.id
