"""Locations, closures, holiday calendars and travel in the admin: all through the journeys."""

from typing import Any

import pytest

from authspine.identity.models import User
from professionals.models import Closure, HolidayCalendar, Location, Professional, TravelPeriod
from tests.admin.office import faults, member, page, rows, signed_in
from tests.fixtures import Maker

PLACE = {"name": "Main Street", "timezone": "Europe/Berlin", "address": "1 Main St", "active": "on", "metadata": "{}"}
DATES = {"location": "", "starts_on": "2030-12-24", "ends_on": "2031-01-01", "reason": "Winter"}


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


def events(make: Maker) -> list[str]:
    found = [event.type for event in rows(make.organization, "analytics.AnalyticsEvent")]
    return [type for type in found if type not in ("platform.initialized", "professional.created")]


def test_a_location_is_opened_changed_and_deleted(make: Maker, staff: User) -> None:
    browser = signed_in(staff)
    assert browser.post(page(Location, "add"), PLACE).status_code == 302
    (row,) = rows(make.organization, "professionals.Location")
    assert (row.name, row.timezone, row.active) == ("Main Street", "Europe/Berlin", True)
    assert browser.post(page(Location, "change", row.pk), PLACE | {"name": "High Street"}).status_code == 302
    browser.post(page(Location, "delete", row.pk), {"post": "yes"})
    assert not list(rows(make.organization, "professionals.Location"))
    assert events(make) == ["location.created", "location.updated", "location.deleted"]
    assert "timezone" in faults(browser.post(page(Location, "add"), PLACE | {"timezone": "Mars/Phobos"}))


def test_a_location_that_is_referred_to_stays(make: Maker, staff: User) -> None:
    calendar = make.holiday_calendar()
    signed_in(staff).post(page(Location, "delete", calendar.location_id), {"post": "yes"})
    (row,) = rows(make.organization, "professionals.Location")
    assert row.active is False


@pytest.mark.parametrize("at_location", [True, False])
def test_dates_are_closed_and_opened(make: Maker, staff: User, at_location: bool) -> None:
    browser, place = signed_in(staff), make.location() if at_location else None
    sent = DATES | {"location": place.pk if place else ""}
    assert browser.post(page(Closure, "add"), sent).status_code == 302
    (row,) = rows(make.organization, "professionals.Closure")
    assert (row.reason, row.location_id) == ("Winter", place.id if place else None)
    assert "everywhere" in browser.get(page(Closure, "changelist")).content.decode() or at_location
    assert browser.post(page(Closure, "change", row.pk), sent).status_code == 403
    browser.post(page(Closure, "delete", row.pk), {"post": "yes"})
    assert not list(rows(make.organization, "professionals.Closure"))
    assert events(make)[-2:] == ["closure.created", "closure.deleted"]


def test_holidays_are_kept_and_no_longer(make: Maker, staff: User) -> None:
    browser, sent = signed_in(staff), {"location": "", "country": "DE", "region": "BY"}
    assert browser.post(page(HolidayCalendar, "add"), sent).status_code == 302
    assert "country" in faults(browser.post(page(HolidayCalendar, "add"), sent))
    (row,) = rows(make.organization, "professionals.HolidayCalendar")
    browser.post(page(HolidayCalendar, "delete", row.pk), {"post": "yes"})
    assert not list(rows(make.organization, "professionals.HolidayCalendar"))
    assert events(make) == ["holiday_calendar.created", "holiday_calendar.deleted"]


def test_travel_is_entered_and_taken_away(make: Maker, staff: User) -> None:
    browser, pro = signed_in(staff), make.professional()
    sent = {"professional": pro.pk, "timezone": "Asia/Tokyo", "starts_on": "2030-03-01", "ends_on": "2030-03-09"}
    assert browser.post(page(TravelPeriod, "add"), sent).status_code == 302
    assert "starts_on" in faults(browser.post(page(TravelPeriod, "add"), sent))
    assert "ends_on" in faults(browser.post(page(TravelPeriod, "add"), sent | {"ends_on": "2030-02-01"}))
    (row,) = rows(make.organization, "professionals.TravelPeriod")
    browser.post(page(TravelPeriod, "delete", row.pk), {"post": "yes"})
    assert not list(rows(make.organization, "professionals.TravelPeriod"))
    assert events(make) == ["professional.updated"] * 2


@pytest.mark.parametrize(
    ("model", "sent", "field"),
    [
        (Closure, DATES | {"ends_on": "2030-12-23"}, "ends_on"),
        (Closure, DATES | {"ends_on": "2050-12-23"}, "ends_on"),
        (Closure, DATES | {"ends_on": "9999-12-31"}, "ends_on"),
        (Closure, DATES | {"starts_on": "1969-12-31"}, "starts_on"),
        (HolidayCalendar, {"location": "", "country": "XX", "region": ""}, "country"),
        (HolidayCalendar, {"location": "", "country": "DE", "region": "XX"}, "region"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    make: Maker, staff: User, model: Any, sent: dict[str, str], field: str
) -> None:
    assert field in faults(signed_in(staff).post(page(model, "add"), sent))
    assert not list(rows(make.organization, model._meta.label))
    assert events(make) == []


def test_limits_of_a_professional(make: Maker, staff: User) -> None:
    row = make.professional()
    sent = {"name": row.name, "email": row.email, "vertical": row.vertical_id, "timezone": "UTC", "metadata": "{}"}
    sent |= {"working_hours-TOTAL_FORMS": 0, "working_hours-INITIAL_FORMS": 0, "specialties": ""}
    sent |= {"hours_overrides-TOTAL_FORMS": 0, "hours_overrides-INITIAL_FORMS": 0}
    address, browser = page(Professional, "change", row.pk), signed_in(staff)
    assert "booking_limits" in faults(browser.post(address, sent | {"booking_limits": '{"year": {"bookings": 1}}'}))
    assert browser.post(address, sent | {"booking_limits": '{"day": {"bookings": 1}}'}).status_code == 302
    (row,) = rows(make.organization, "professionals.Professional")
    assert row.booking_limits == {"day": {"bookings": 1}}
