"""Places, travel and hours in an import: what is refused alone, what follows, and what an older file leaves out."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from professionals.models import Closure, HolidayCalendar, HoursOverride, Location, Professional, WorkingHours
from tests.journeys.documents import (
    bring_in,
    closure,
    copy,
    document,
    holiday_calendar,
    location,
    professional,
    refusals,
)

ROAD = {"timezone": "UTC", "starts_on": "2027-03-01", "ends_on": "2027-03-10"}


def hours(*weekly: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"working_hours": {"weekly": list(weekly), **more}}


def window(**fields: Any) -> dict[str, Any]:
    return {"weekday": 0, "start": "09:00", "end": "12:00", **fields}


def test_an_older_file_comes_in(organization: Organization) -> None:
    """As exports were before there were places: no section, and no field, of theirs."""
    pro = professional(**hours(window(), overrides=[{"date": "2026-12-24", "ranges": []}]))
    found = document(professionals=[pro])
    for kind in ("locations", "closures", "holiday_calendars"):
        del found[kind]
    assert bring_in(organization, found)["refused"] == []
    with organization_scope(organization, SYSTEM):
        kept = WorkingHours.objects.get()
        assert (kept.location, kept.valid_from, kept.valid_to) == (None, None, None)
        assert HoursOverride.objects.get().location is None
        assert Professional.objects.get().booking_limits == {}


def test_references_to_a_location_follow(organization: Organization) -> None:
    pro = professional(**hours(window(location="l1"), overrides=[{"date": "2026-12-24", "location": "l1"}]))
    bring_in(organization, document(professionals=[pro]))
    with organization_scope(organization, SYSTEM):
        place = Location.objects.get(external_id="l1")
        for model in (Closure, HolidayCalendar, WorkingHours, HoursOverride):
            assert model.objects.get().location_id == place.id
    assert copy(organization)["closures"][0]["location"] == str(place.id)


def test_overlapping_windows_are_history(organization: Organization) -> None:
    pro = professional(**hours(window(), window(start="10:00"), window()))
    assert bring_in(organization, document(professionals=[pro]))["refused"] == []
    with organization_scope(organization, SYSTEM):
        assert WorkingHours.objects.count() == 3


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (hours(window(location="nowhere")), "not_found"),
        (hours(window(), overrides=[{"date": "2026-12-24", "location": "nowhere"}]), "not_found"),
        (hours(window(location=1)), "validation_error"),
        (hours(window(valid_from="2026-02-30")), "validation_error"),
        (hours(window(valid_to="9999-12-31")), "validation_error"),
        (hours(window(valid_from="2026-02-02", valid_to="2026-02-01")), "validation_error"),
        ({"booking_limits": {"day": {"bookings": "x"}}}, "validation_error"),
        ({"travel": [{"id": "t1", **ROAD, "timezone": "Mars/Phobos"}]}, "validation_error"),
        ({"travel": [{"id": "t1", **ROAD, "ends_on": "2027-02-01"}]}, "validation_error"),
        ({"travel": [{"id": "t1", **ROAD}, {"id": "t2", **ROAD, "starts_on": "2027-03-10"}]}, "validation_error"),
    ],
)
def test_a_wrong_professional_is_refused_alone(organization: Organization, fields: dict[str, Any], code: str) -> None:
    found = document(professionals=[professional(), professional("x", **fields), professional("y", travel=[])])
    report = bring_in(organization, found)
    assert refusals(report) == [("professionals", "x", code)]
    assert report["imported"]["professionals"] == 2


@pytest.mark.parametrize(
    ("kind", "record", "code"),
    [
        ("locations", location("x", timezone="Mars/Phobos"), "validation_error"),
        ("locations", location("x", name=" "), "validation_error"),
        ("closures", closure("x", location="nowhere"), "not_found"),
        ("closures", closure("x", ends_on="2026-12-23"), "validation_error"),
        ("closures", closure("x", starts_on="2026-13-01"), "validation_error"),
        ("holiday_calendars", holiday_calendar("x", location="nowhere"), "not_found"),
        ("holiday_calendars", holiday_calendar("x", country="XX"), "validation_error"),
        ("holiday_calendars", holiday_calendar("x", region="none"), "validation_error"),
        ("holiday_calendars", holiday_calendar() | {"id": "x"}, "conflict"),
    ],
)
def test_a_wrong_place_is_refused_alone(
    organization: Organization, kind: str, record: dict[str, Any], code: str
) -> None:
    found = document()
    found[kind].append(record)
    report = bring_in(organization, found)
    assert refusals(report) == [(kind, "x", code)]
    assert report["imported"][kind] == 1
