"""Where the business is and when it is closed, in the demo; and by which clock somebody works who travels."""

from datetime import date, timedelta

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from professionals.models import Closure, HolidayCalendar, Location, TravelPeriod, WorkingHours
from tests.demo.visitor import Visitor, fault, said, value
from tests.factories import hour, working_day
from tests.fixtures import Maker

HERE = {"name": "Main Street", "address": "Main St 1\n12345 Town", "timezone": "Europe/Berlin"}


def test_a_location_is_opened_changed_and_deleted(visitor: Visitor) -> None:
    page = visitor.press("location-new", **HERE)
    assert said(page) == "✓ Location opened: Main Street"
    assert "Europe/Berlin" in page
    with organization_scope(visitor.organization, SYSTEM):
        place = Location.objects.get()
    page = visitor.press("location-edit", place.id, **HERE | {"name": "High Street"})
    assert said(page) == "✓ Saved: High Street"
    page = visitor.press("location-delete", place.id)
    assert "No locations yet" in page


def test_a_location_that_is_needed_goes_out_of_use_and_comes_back(visitor: Visitor, make: Maker) -> None:
    place = make.location()
    make.service(location=place.id)
    assert "Out of use</span>" in visitor.press("location-delete", place.id)
    assert "In use</span>" in visitor.press("location-reopen", place.id)


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("name", " ", "Enter what the place is called."),
        ("timezone", "Mars/Olympus", "Choose a time zone from the list."),
        ("address", "a" * 1001, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_what_is_wrong_with_a_location_stands_beside_its_field(
    visitor: Visitor, field: str, wrong: str, told: str
) -> None:
    page = visitor.press("location-new", **HERE | {field: wrong})
    assert fault(page, field) == told
    assert "12345 Town" in page or field == "address"


def test_a_closure_closes_the_calendar_and_is_removed(visitor: Visitor, make: Maker) -> None:
    service, on = make.service(), working_day().date()
    page = visitor.press("closures", starts_on=on, ends_on=on, reason="Moving house")
    assert "Closed on these dates" in said(page)
    assert "Everywhere · Moving house" in page
    week = visitor.open("calendar", service=service.id, week=on)
    assert hour(10).isoformat() not in week
    with organization_scope(visitor.organization, SYSTEM):
        closure = Closure.objects.get()
    assert said(visitor.press("closure-end", closure.id)) == "✓ Open again."
    assert hour(10).isoformat() in visitor.open("calendar", service=service.id, week=on)


@pytest.mark.parametrize(
    ("dates", "field", "told"),
    [
        (("", "2027-01-01"), "starts_on", "Enter the first date."),
        (("2027-01-02", "2027-01-01"), "ends_on", "The last date must not be before the first."),
        (("2027-01-01", "9999-12-31"), "ends_on", "The year lies between 1970 and 2200."),
        (("2027-01-01", "2099-01-01"), "ends_on", "A period has at most 3660 days."),
        (("soon", "2027-01-01"), "starts_on", "Enter a date such as 2027-03-31."),
    ],
)
def test_wrong_dates_are_told_beside_them(
    visitor: Visitor, make: Maker, dates: tuple[str, str], field: str, told: str
) -> None:
    sent = {"starts_on": dates[0], "ends_on": dates[1]}
    page = visitor.press("closures", **sent, reason="Holidays")
    assert fault(page, field) == told
    assert value(page, "reason") == "Holidays"
    travel = visitor.press("professional-travel", make.professional().id, **sent, timezone="Asia/Tokyo")
    assert fault(travel, field) == told


def test_holidays_are_kept_everywhere_or_at_a_location(visitor: Visitor, make: Maker) -> None:
    place = make.location()
    page = visitor.press("holidays", country="DE", region="by", location=place.id)
    assert "Closed on these public holidays" in said(page)
    assert "<strong>DE, BY</strong> Main Street" in page
    with organization_scope(visitor.organization, SYSTEM):
        calendar = HolidayCalendar.objects.get()
    assert "already" in fault(visitor.press("holidays", country="DE", region="BY", location=place.id), "country")
    assert "No holidays are kept" in visitor.press("holidays-end", calendar.id)


def test_a_region_that_does_not_exist_is_told_with_those_that_do(visitor: Visitor) -> None:
    page = visitor.press("holidays", country="DE", region="XX")
    assert "DE has no region 'XX'; it has Augsburg, BB, BE" in fault(page, "region")
    assert value(page, "region") == "XX"
    assert fault(visitor.press("holidays", country="XX"), "country") == "Choose a country from the list."


def test_travel_is_entered_and_removed(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    dates = {"starts_on": "2030-01-07", "ends_on": "2030-01-11"}
    page = visitor.press("professional-travel", professional.id, **dates, timezone="Asia/Tokyo")
    assert said(page) == "✓ Travel saved."
    assert "Mon 7 Jan 2030 to Fri 11 Jan 2030</strong> Asia/Tokyo" in page
    again = visitor.press("professional-travel", professional.id, **dates, timezone="Asia/Tokyo")
    assert fault(again, "starts_on") == "The professional travels on one of these dates already."
    with organization_scope(visitor.organization, SYSTEM):
        period = TravelPeriod.objects.get()
    assert "No travel ahead" in visitor.press("travel-end", professional.id, period.id)


def test_a_window_gets_a_place_and_dates(visitor: Visitor, make: Maker) -> None:
    professional, place = make.professional(), make.location()
    window = {"day0_0_start": "09:00", "day0_0_end": "12:00"}
    bounds = {"day0_0_location": place.id, "day0_0_valid_from": "2027-01-01", "day0_0_valid_to": "2027-06-30"}
    page = visitor.press("professional-hours", professional.id, **window, **bounds)
    assert "at Main Street from 1 Jan 2027 until 30 Jun 2027" in page
    with organization_scope(visitor.organization, SYSTEM):
        kept = WorkingHours.objects.get()
    assert (kept.location_id, kept.valid_from, kept.valid_to) == (place.id, date(2027, 1, 1), date(2027, 6, 30))


def test_dates_of_a_window_in_the_wrong_order_are_told_where_they_stand(visitor: Visitor, make: Maker) -> None:
    bounds = {"day0_0_valid_from": "2027-06-30", "day0_0_valid_to": "2027-01-01"}
    page = visitor.press(
        "professional-hours", make.professional().id, day0_0_start="09:00", day0_0_end="12:00", **bounds
    )
    assert fault(page, "day0_0_valid_to") == "The last date must not be before the first."
    assert value(page, "day0_0_valid_from") == "2027-06-30"
    assert '<details class="extra bounds" open>' in page


def test_a_special_day_can_have_two_windows_and_a_place(visitor: Visitor, make: Maker) -> None:
    professional, place = make.professional(), make.location()
    hours = {"start": "09:00", "end": "12:00", "also_start": "13:00", "also_end": "15:00", "location": place.id}
    page = visitor.press("professional-special-days", professional.id, on="2027-12-24", **hours)
    assert "09:00 to 12:00, 13:00 to 15:00" in page
    assert "at Main Street" in page
    wrong = visitor.press("professional-special-days", professional.id, on="2027-12-24", **hours | {"end": "14:00"})
    assert "overlaps" in fault(wrong, "also_end")


def test_a_day_is_cancelled_and_the_clients_to_tell_are_listed(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    first = make.booking(service=service, client=make.client(name="Zoë Müller", email="zoe@example.com"))
    later = make.booking(service=service, starts_at=hour(10) + timedelta(days=7))
    on, professional = working_day().date(), service.professional_id
    assert "Zoë Müller" in visitor.open("professional-cancel-day", professional, on=on)
    page = visitor.press("professional-cancel-day", professional, date=on, reason="Ill")
    assert "1 booking cancelled" in said(page)
    assert "Clients to tell" in page
    assert "zoe@example.com" in page
    assert visitor.booking(first.id).cancellation_reason == "Ill"
    assert visitor.booking(later.id).public_status == "held"
    assert "Nothing was booked" in said(visitor.press("professional-cancel-day", professional, date=on, reason="Ill"))


def test_no_day_is_cancelled_without_a_reason_or_a_date(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    professional = booking.session.professional_id
    page = visitor.press("professional-cancel-day", professional, date=working_day().date(), reason="")
    assert fault(page, "reason") == "Enter a reason; it stays with each booking."
    for wrong, told in (("9999-12-31", "The year lies between 1970 and 2200."), ("", "Enter which day falls out.")):
        page = visitor.press("professional-cancel-day", professional, date=wrong, reason="Ill")
        assert fault(page, "date") == told
        assert value(page, "reason") == "Ill"
    assert visitor.booking(booking.id).public_status == "held"
    assert "Booked on" in visitor.open("professional-cancel-day", professional, on="9999-12-31")
