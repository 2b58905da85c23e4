"""Professionals in the demo: onboarded, verified, found, changed, and when they work."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import professionals
from professionals.actions import DayHours, Window, as_window
from professionals.models import HoursOverride, Professional, TimeOff, WorkingHours
from tests.demo.visitor import Visitor, fault, said, value
from tests.fixtures import Maker

NEW = {"name": "Maya Brooks", "email": "maya@example.com", "vertical": "beauty", "timezone": "Europe/Berlin"}


def test_a_professional_is_onboarded_and_verified(visitor: Visitor) -> None:
    page = visitor.press("professional-new", **NEW, specialties="color, bridal styling, color")
    assert "Professional onboarded: Maya Brooks" in said(page)
    assert "Not verified yet: Beauty & Wellness asks for it, so nobody can book." in page
    assert "color, bridal styling<" in page
    professional_id = page.split("/professionals/")[2][:36]
    page = visitor.press("professional-verify", professional_id)
    assert "Verified: clients can book now." in said(page)
    assert "Verify the papers" not in page


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("name", "", "Enter the professional's name."),
        ("email", "x", "Enter an e-mail address such as maya@example.com."),
        ("vertical", "", "Choose a vertical."),
        ("vertical", "astrology", "Choose a vertical from the list."),
        ("timezone", "Mars/Base", "Choose a time zone from the list."),
        ("years_of_experience", "-1", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_errors_stand_beside_their_fields(visitor: Visitor, field: str, wrong: str, told: str) -> None:
    page = visitor.press("professional-new", **NEW | {field: wrong})
    assert fault(page, field) == told
    assert told in said(page)


def test_a_professional_is_changed(visitor: Visitor, make: Maker) -> None:
    professional = make.professional(specialties=["pricing"])
    assert value(visitor.open("professional-edit", professional.id), "specialties") == "pricing"
    changes = {"name": "New Name", "email": professional.email, "vertical": "fitness", "timezone": "Asia/Tokyo"}
    page = visitor.press("professional-edit", professional.id, **changes)
    assert "Saved: New Name" in said(page)
    assert "Fitness & Training" in page
    assert "Asia/Tokyo" in page


def test_how_much_can_be_booked_is_set_and_kept(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    fields = {"name": "Pro Mann", "email": professional.email, "vertical": "fitness", "timezone": "UTC"}
    visitor.press("professional-edit", professional.id, **fields, day_bookings=8, month_minutes=600)
    with organization_scope(visitor.organization, SYSTEM):
        kept = Professional.objects.get().booking_limits
    assert kept == {"day": {"bookings": 8}, "month": {"minutes": 600}}
    page = visitor.open("professional-edit", professional.id)
    assert (value(page, "day_bookings"), value(page, "week_bookings")) == ("8", "")


def test_an_e_mail_that_exists_stands_beside_its_field(visitor: Visitor, make: Maker) -> None:
    make.professional(email=NEW["email"])
    page = visitor.press("professional-new", **NEW)
    assert fault(page, "email") == "A professional with this e-mail address exists already."


def test_search_finds_by_specialty(visitor: Visitor, make: Maker) -> None:
    make.professional(name="Maya Brooks", specialties=["bridal styling"])
    assert "Maya Brooks" in visitor.open("professionals", search="brid")
    assert "Maya Brooks" not in visitor.open("professionals", search="yoga")


def test_a_professional_is_deleted(visitor: Visitor, make: Maker) -> None:
    assert "Professional deleted: Pro Mann" in said(visitor.press("professional-delete", make.professional().id))


def weekly(organization: Organization) -> list[tuple[int, int, int]]:
    with organization_scope(organization, SYSTEM):
        rows = WorkingHours.objects.order_by("weekday", "start_minute")
        return list(rows.values_list("weekday", "start_minute", "end_minute"))


def test_the_week_is_shown_and_saved(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    page = visitor.open("professional-hours", professional.id)
    assert (value(page, "day0_0_start"), value(page, "day4_0_end")) == ("09:00", "17:00")
    assert value(page, "day5_0_start") == ""
    fields = {"day0_0_start": "09:00", "day0_0_end": "12:30", "day0_1_start": "13:30", "day0_1_end": "00:00"}
    page = visitor.press("professional-hours", professional.id, **fields)
    assert said(page) == "✓ Working hours saved."
    assert weekly(visitor.organization) == [(0, 540, 750), (0, 810, 0)]


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("09:00", "", "Enter both times, or neither."),
        ("", "09:00", "Enter both times, or neither."),
        ("09:00", "09:00", "The end is the same as the start."),
        ("9 o'clock", "10:00", "Enter a time such as 09:00."),
    ],
)
def test_a_wrong_window_is_told_and_nothing_is_saved(
    visitor: Visitor, make: Maker, start: str, end: str, told: str
) -> None:
    professional = make.professional()
    before = weekly(visitor.organization)
    page = visitor.press("professional-hours", professional.id, day2_0_start=start, day2_0_end=end)
    assert told in said(page)
    assert f">{told}</p>" in page
    assert weekly(visitor.organization) == before


def test_a_whole_day_is_no_mistake(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    visitor.press("professional-hours", professional.id, day6_0_start="00:00", day6_0_end="00:00")
    assert weekly(visitor.organization) == [(6, 0, 0)]


def test_where_and_when_a_window_holds_is_shown_and_kept(visitor: Visitor, make: Maker) -> None:
    professional, place = make.professional(), make.location(name="Main <Street>")
    spring = Window(0, 540, 720, place.id, date(2026, 1, 1), date(2026, 6, 30))
    summer = Window(0, 600, 900, None, date(2026, 7, 1))
    day = DayHours(((540, 720),), place.id)
    with organization_scope(visitor.organization, SYSTEM):
        professionals.set_working_hours(
            professional.id, timezone="UTC", weekly=[spring, summer], overrides={date(2026, 12, 24): day}
        )
    page = visitor.open("professional-hours", professional.id)
    assert "at Main <Street> from 1 Jan 2026 until 30 Jun 2026</span>" in page
    assert "from 1 Jul 2026</span>" in page
    changed = {"day0_0_start": "09:00", "day0_0_end": "13:00", "day0_1_start": "10:00", "day0_1_end": "15:00"}
    changed |= {"day0_0_location": place.id, "day0_0_valid_from": "2026-01-01", "day0_0_valid_to": "2026-06-30"}
    changed |= {"day0_1_location": "", "day0_1_valid_from": "2026-07-01", "day0_1_valid_to": ""}
    assert "saved" in said(visitor.press("professional-hours", professional.id, **changed))
    kept = [spring._replace(end_minute=780), summer]
    assert standing(visitor.organization) == (kept, {date(2026, 12, 24): place.id})
    # A special day leaves the week alone, and has a place of its own.
    page = visitor.open("professional-special-days", professional.id, on="2026-12-24")
    assert (value(page, "start"), value(page, "end")) == ("09:00", "12:00")
    assert f'<option value="{place.id}" selected>' in page
    day_fields = {"on": "2026-12-24", "start": "10:00", "end": "11:00", "location": place.id}
    visitor.press("professional-special-days", professional.id, **day_fields)
    visitor.press("professional-special-days", professional.id, on="2026-12-25")
    both = {date(2026, 12, 24): place.id, date(2026, 12, 25): None}
    assert standing(visitor.organization) == (kept, both)
    visitor.press("special-day-end", professional.id, "2026-12-25")
    assert standing(visitor.organization) == (kept, {date(2026, 12, 24): place.id})


def standing(organization: Organization) -> tuple[list[Window], dict[date, UUID | None]]:
    """The windows, and where the special days are."""
    with organization_scope(organization, SYSTEM):
        rows = WorkingHours.objects.order_by("weekday", "start_minute")
        return [as_window(row) for row in rows], dict(HoursOverride.objects.values_list("date", "location"))


def test_windows_that_overlap_are_told(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    before = weekly(visitor.organization)
    fields = {"day0_0_start": "09:00", "day0_0_end": "12:30", "day0_1_start": "12:00", "day0_1_end": "15:00"}
    assert "This window overlaps number 1 of the week." in said(
        visitor.press("professional-hours", professional.id, **fields)
    )
    assert weekly(visitor.organization) == before


def special(organization: Organization) -> dict[date, list[list[int]]]:
    with organization_scope(organization, SYSTEM):
        return dict(HoursOverride.objects.values_list("date", "ranges"))


def test_special_days_come_and_go_and_leave_the_week_alone(visitor: Visitor, make: Maker) -> None:
    professional = make.professional()
    before = weekly(visitor.organization)
    page = visitor.press("professional-special-days", professional.id, on="2026-12-24", start="09:00", end="12:00")
    assert "Thu 24 Dec 2026</strong> 09:00 to 12:00" in page
    page = visitor.press("professional-special-days", professional.id, on="2026-12-25")
    assert "Fri 25 Dec 2026</strong> Closed" in page
    assert special(visitor.organization) == {date(2026, 12, 24): [[540, 720]], date(2026, 12, 25): []}
    page = visitor.press("special-day-end", professional.id, "2026-12-24")
    assert "follows the week again" in said(page)
    assert list(special(visitor.organization)) == [date(2026, 12, 25)]
    assert weekly(visitor.organization) == before


def test_a_special_day_without_a_date_is_told(visitor: Visitor, make: Maker) -> None:
    page = visitor.press("professional-special-days", make.professional().id, on="", start="09:00", end="08:00")
    assert fault(page, "on") == "Enter the date."
    assert value(page, "start") == "09:00"


@pytest.mark.parametrize("on", ["2026-12-24", "never"])
def test_a_special_day_that_is_none_cannot_be_removed(visitor: Visitor, make: Maker, on: str) -> None:
    address = f"/platform-demo/professionals/{make.professional().id}/special-days/{on}/end"
    assert visitor.client.post(address).status_code == 404


def test_time_off_is_taken_in_the_zone_that_is_shown_and_removed(visitor: Visitor, make: Maker) -> None:
    visitor.press("zone", zone="America/New_York")
    professional = make.professional()
    day = (clock.now() + timedelta(days=30)).date().replace(month=1, day=15)
    day = day.replace(year=day.year + 1)
    fields = {"starts_at": f"{day}T09:00", "ends_at": f"{day}T17:00", "reason": "Dentist"}
    page = visitor.press("professional-time-off", professional.id, **fields)
    assert said(page) == "✓ Time off saved."
    assert "Dentist" in page
    with organization_scope(visitor.organization, SYSTEM):
        period = TimeOff.objects.get()
    assert period.starts_at.isoformat() == f"{day}T14:00:00+00:00"
    assert "removed" in said(visitor.press("time-off-end", professional.id, period.id))


def test_time_off_that_ends_before_it_starts_is_told(visitor: Visitor, make: Maker) -> None:
    fields = {"starts_at": "2027-01-15T09:00", "ends_at": "2027-01-15T08:00"}
    page = visitor.press("professional-time-off", make.professional().id, **fields)
    assert fault(page, "ends_at") == "The end must be after the start."
    assert value(page, "starts_at") == "2027-01-15T09:00"


@pytest.mark.parametrize("day", ["9999-12-31", "2999-01-01", "1969-12-01", "0001-01-01"])
def test_time_off_in_a_year_that_no_calendar_shows_is_told(visitor: Visitor, make: Maker, day: str) -> None:
    visitor.press("zone", zone="America/New_York")
    professional = make.professional()
    page = visitor.press(
        "professional-time-off", professional.id, starts_at=f"{day}T23:58", ends_at=f"{day}T23:59", reason=""
    )
    assert fault(page, "ends_at") == "The year lies between 1970 and 2200."
    assert said(visitor.press("professional-time-off", professional.id, starts_at="", ends_at=""))
