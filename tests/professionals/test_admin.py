"""Professionals in the admin, their hours, time off and verticals: all through the journeys."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from authspine.identity.models import User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import professionals
from professionals.actions import DayHours, Window
from professionals.models import Professional, TimeOff, Vertical, WorkingHours
from tests.admin.office import faults, member, move, page, rows, run, signed_in
from tests.fixtures import Maker

OFFICE = [(day, 540, 1020) for day in range(5)]


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


def vertical(make: Maker, slug: str = "consulting") -> Any:
    return next(row for row in rows(make.organization, "professionals.Vertical") if row.slug == slug)


def form(make: Maker, **fields: Any) -> dict[str, Any]:
    plain = {"name": "Pro Mann", "email": "pro@example.com", "vertical": str(vertical(make).pk), "timezone": "UTC"}
    about = {
        "booking_limits": "{}",
        "bio": "",
        "specialties": "Cuts, Color",
        "years_of_experience": "",
        "license": "",
        "metadata": "{}",
    }
    return plain | about | fields


def windows(make: Maker) -> list[tuple[int, int, int]]:
    found = rows(make.organization, "professionals.WorkingHours")
    return sorted((row.weekday, row.start_minute, row.end_minute) for row in found)


def overrides(make: Maker) -> dict[date, list[list[int]]]:
    found = rows(make.organization, "professionals.HoursOverride")
    return {row.date: row.ranges for row in found}


def events(make: Maker) -> list[Any]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(e.type, e.actor, e.data.get("fields")) for e in found if "initialized" not in e.type]


def hours_form(
    make: Maker, row: Any, weekly: list[tuple[str, str, str]], dates: list[tuple[str, str]]
) -> dict[str, Any]:
    """The forms of all hours, as the page sends them: the windows that exist are deleted, these are new."""
    old = [str(one.pk) for one in rows(make.organization, "professionals.WorkingHours")]
    sent = form(make, name=row.name, email=row.email)
    sent |= {"working_hours-TOTAL_FORMS": len(old) + len(weekly), "working_hours-INITIAL_FORMS": len(old)}
    sent |= {"hours_overrides-TOTAL_FORMS": len(dates), "hours_overrides-INITIAL_FORMS": 0}
    for number, known in enumerate(old):
        prefix = f"working_hours-{number}"
        sent |= {f"{prefix}-id": known, f"{prefix}-professional": row.pk, f"{prefix}-DELETE": "on"}
        sent |= {f"{prefix}-weekday": "0", f"{prefix}-starts": "09:00", f"{prefix}-ends": "17:00"}
    for number, (weekday, starts, ends) in enumerate(weekly, len(old)):
        prefix = f"working_hours-{number}"
        sent |= {f"{prefix}-weekday": weekday, f"{prefix}-starts": starts, f"{prefix}-ends": ends}
    for number, (day, text) in enumerate(dates):
        sent |= {f"hours_overrides-{number}-date": day, f"hours_overrides-{number}-hours": text}
    return sent


def test_a_professional_is_onboarded_with_office_hours(make: Maker, staff: User) -> None:
    response = signed_in(staff).post(page(Professional, "add"), form(make))
    assert response.status_code == 302
    (row,) = rows(make.organization, "professionals.Professional")
    assert row.specialties == ["Cuts", "Color"]
    assert windows(make) == OFFICE
    assert events(make) == [("professional.created", f"user:{staff.id}", None)]


def test_a_change_leaves_the_hours_alone(make: Maker, staff: User) -> None:
    row = make.professional(name="Pro Mann", email="pro@example.com")
    sent = hours_form(make, row, [], []) | {"bio": "Cuts hair.", "vertical": str(vertical(make, "beauty").pk)}
    sent = {key: value for key, value in sent.items() if not key.endswith("DELETE")}
    weekly = sorted(rows(make.organization, "professionals.WorkingHours"), key=lambda window: window.weekday)
    for number, one in enumerate(weekly):
        sent |= {f"working_hours-{number}-id": one.pk, f"working_hours-{number}-weekday": number}
    before = {one.pk for one in rows(make.organization, "professionals.WorkingHours")}
    assert signed_in(staff).post(page(Professional, "change", row.pk), sent).status_code == 302
    assert {one.pk for one in rows(make.organization, "professionals.WorkingHours")} == before
    assert events(make)[-1] == ("professional.updated", f"user:{staff.id}", ["bio", "specialties", "vertical"])


def test_hours_are_replaced_by_one_journey(make: Maker, staff: User) -> None:
    row = make.professional()
    christmas = f"{timezone.localdate().year + 1}-12-24"
    sent = hours_form(
        make,
        row,
        [("0", "09:00", "12:00"), ("5", "22:00", "02:00"), ("6", "08:00", "24:00")],
        [(christmas, "09:00-12:00, 13:00-14:30"), ("2099-01-01", "")],
    )
    sent["specialties"] = ""
    assert signed_in(staff).post(page(Professional, "change", row.pk), sent).status_code == 302
    assert windows(make) == [(0, 540, 720), (5, 1320, 120), (6, 480, 1440)]
    assert overrides(make) == {date.fromisoformat(christmas): [[540, 720], [780, 870]], date(2099, 1, 1): []}
    assert events(make)[-1] == ("professional.updated", f"user:{staff.id}", ["working_hours"])


def test_past_overrides_which_no_form_shows_are_kept(make: Maker, staff: User) -> None:
    row = make.professional()
    with organization_scope(make.organization, SYSTEM):
        professionals.set_working_hours(row.id, timezone="UTC", weekly=[], overrides={date(2020, 1, 1): [(540, 600)]})
    sent = hours_form(make, row, [], [("2099-01-01", "")])
    assert signed_in(staff).post(page(Professional, "change", row.pk), sent).status_code == 302
    assert overrides(make) == {date(2020, 1, 1): [[540, 600]], date(2099, 1, 1): []}


@pytest.mark.parametrize(
    ("weekly", "dates", "field"),
    [
        ([("0", "9 o'clock", "17:00")], [], "starts"),
        ([("0", "09:00", "25:00")], [], "ends"),
        ([("7", "09:00", "17:00")], [], "weekday"),
        ([("0", "24:00", "17:00")], [], "__all__"),
        ([("0", "09:00", "17:00"), ("0", "16:00", "18:00")], [], "__all__"),
        ([], [("2099-01-01", "09:00-12:00, 11:00-13:00")], "__all__"),
        ([], [("2099-01-01", "morning")], "hours"),
        ([], [("2099-01-01", "09:00-x")], "hours"),
        ([], [("2099-01-01", "09:00-10:00"), ("2099-01-01", "")], "__all__"),
        ([], [("2500-01-01", "")], "__all__"),
    ],
)
def test_wrong_hours_are_told_and_change_nothing(make: Maker, staff: User, weekly: Any, dates: Any, field: str) -> None:
    row = make.professional()
    sent = hours_form(make, row, weekly, dates) | {"bio": "lost"}
    assert field in faults(signed_in(staff).post(page(Professional, "change", row.pk), sent))
    assert (windows(make), overrides(make)) == (OFFICE, {})
    assert next(rows(make.organization, "professionals.Professional")).bio == ""


def test_professionals_are_verified(make: Maker, staff: User) -> None:
    one, two = make.professional(name="One"), make.professional(name="Two")
    browser = signed_in(staff)
    assert "Have the papers been seen?" in browser.get(move(one, "verify")).content.decode()
    browser.post(move(one, "verify"), {"_form_submitted": "on"})
    assert run(browser, Professional, "verify_selected", two) == [("success", "Two: verified.")]
    assert all(row.verified_at for row in rows(make.organization, "professionals.Professional"))
    assert [type for type, *_ in events(make)][-2:] == ["professional.verified"] * 2


def test_a_look_at_a_move_makes_none(make: Maker, staff: User) -> None:
    row = make.professional()
    signed_in(staff).get(move(row, "verify"))
    assert next(rows(make.organization, "professionals.Professional")).verified_at is None


def test_time_off_is_taken_changed_and_ended(make: Maker, staff: User) -> None:
    row = make.professional()
    browser = signed_in(staff)
    sent = {"professional": row.pk, "starts_at_0": "2099-01-01", "starts_at_1": "09:00", "reason": "Away"}
    sent |= {"ends_at_0": "2099-01-02", "ends_at_1": "10:00"}
    assert browser.post(page(TimeOff, "add"), sent).status_code == 302
    (first,) = rows(make.organization, "professionals.TimeOff")
    assert first.starts_at == datetime(2099, 1, 1, 9, tzinfo=UTC)
    sent["ends_at_0"] = "2099-01-03"
    assert browser.post(page(TimeOff, "change", first.pk), sent).status_code == 302
    (second,) = rows(make.organization, "professionals.TimeOff")
    assert second.ends_at - second.starts_at == timedelta(days=2, hours=1)
    browser.post(page(TimeOff, "delete", second.pk), {"post": "yes"})
    assert not list(rows(make.organization, "professionals.TimeOff"))
    assert {fields[0] for type, _, fields in events(make) if fields} == {"time_off"}


def test_time_off_that_ends_before_it_starts_is_told(make: Maker, staff: User) -> None:
    sent = {"professional": make.professional().pk, "starts_at_0": "2099-01-02", "starts_at_1": "09:00"}
    sent |= {"ends_at_0": "2099-01-01", "ends_at_1": "10:00", "reason": ""}
    told = faults(signed_in(staff).post(page(TimeOff, "add"), sent))
    assert told == {"ends_at": ["The end must be after the start."]}


@pytest.mark.parametrize("year", ["9999", "2201", "1969", "0001"])
def test_time_off_in_a_year_that_no_calendar_shows_is_told(make: Maker, staff: User, year: str) -> None:
    sent = {"professional": make.professional().pk, "starts_at_0": f"{year}-12-30", "starts_at_1": "09:00"}
    sent |= {"ends_at_0": f"{year}-12-31", "ends_at_1": "23:59", "reason": ""}
    told = faults(signed_in(staff).post(page(TimeOff, "add"), sent))
    assert told["ends_at"] == ["The year lies between 1970 and 2200."]
    assert not list(rows(make.organization, "professionals.TimeOff"))


def test_places_and_validity_survive_a_change_of_hours(make: Maker, staff: User) -> None:
    """What the page shows of a window it also keeps, and what it does not show (the past) as well."""
    row, place = make.professional(), make.location()
    spring = Window(0, 540, 720, place.id, date(2026, 1, 1), date(2026, 6, 30))
    with organization_scope(make.organization, SYSTEM):
        professionals.set_working_hours(
            row.id,
            timezone="UTC",
            weekly=[spring],
            overrides={date(2020, 1, 1): DayHours(((540, 600),), place.id), date(2099, 1, 1): DayHours((), place.id)},
        )
    (window,) = rows(make.organization, "professionals.WorkingHours")
    days = list(rows(make.organization, "professionals.HoursOverride"))
    coming = next(day for day in days if day.date.year == 2099)
    sent = form(make, name=row.name, email=row.email)
    sent |= {"working_hours-TOTAL_FORMS": 1, "working_hours-INITIAL_FORMS": 1}
    sent |= {"working_hours-0-id": window.pk, "working_hours-0-professional": row.pk, "working_hours-0-weekday": "0"}
    sent |= {"working_hours-0-starts": "09:00", "working_hours-0-ends": "13:00", "working_hours-0-location": place.pk}
    sent |= {"working_hours-0-valid_from": "2026-01-01", "working_hours-0-valid_to": "2026-06-30"}
    sent |= {"hours_overrides-TOTAL_FORMS": 1, "hours_overrides-INITIAL_FORMS": 1, "hours_overrides-0-id": coming.pk}
    sent |= {"hours_overrides-0-professional": row.pk, "hours_overrides-0-date": "2099-01-01"}
    sent |= {"hours_overrides-0-hours": "", "hours_overrides-0-location": place.pk}
    assert signed_in(staff).post(page(Professional, "change", row.pk), sent).status_code == 302
    (kept,) = rows(make.organization, "professionals.WorkingHours")
    assert (kept.end_minute, kept.location_id, kept.valid_from, kept.valid_to) == (780, place.id, *spring[4:])
    dates = rows(make.organization, "professionals.HoursOverride")
    assert {day.date.year: day.location_id for day in dates} == {2020: place.id, 2099: place.id}


TERMS = {
    "hold_minutes": "5", "min_notice_minutes": "0", "approval_minutes": "60", "deposit_bps": "2500",
    "cancellation_window_minutes": "60", "cancellation_fee_bps": "0", "cancellation_fee_cents": "500",
    "no_show_fee_bps": "10000", "no_show_fee_cents": "0", "reschedule_window_minutes": "120", "max_reschedules": "3",
    "max_open_holds": "2", "max_future_bookings": "",
}  # fmt: skip


def test_a_vertical_is_configured_by_an_admin(make: Maker) -> None:
    admin = member(make.organization, "admin")
    row = vertical(make)
    sent = {
        "display_name": "Advice", "data_retention_days": "30", "allowed_payment_methods": ["card", "cash"],
        **TERMS, "service_templates": "[]", "intake_questions": "[]", "metadata": "{}",
    }  # fmt: skip
    browser = signed_in(admin)
    assert browser.post(page(Vertical, "change", row.pk), sent).status_code == 302
    changed = vertical(make)
    assert (changed.display_name, changed.hold_minutes, changed.deposit_bps) == ("Advice", 5, 2500)
    assert (changed.max_reschedules, changed.max_open_holds, changed.max_future_bookings) == (3, 2, None)
    assert changed.allowed_payment_methods == ["card", "cash"]
    assert events(make)[-1][:2] == ("vertical.configured", f"user:{admin.id}")
    too_much = {"hold_minutes": "0", "cancellation_fee_bps": "10001", "max_open_holds": "0"}
    refused = browser.post(page(Vertical, "change", row.pk), sent | too_much)
    assert faults(refused) == {
        "hold_minutes": ["This is at least 1."],
        "cancellation_fee_bps": ["This is at most 10,000."],
        "max_open_holds": ["This is at least 1."],
    }
    made = browser.post(page(Vertical, "add"), sent | {"slug": "consulting"})
    assert faults(made) == {"slug": ["A vertical with this slug exists already."]}
    assert browser.post(page(Vertical, "add"), sent | {"slug": "law"}).status_code == 302


def test_starting_points_of_the_wrong_shape_are_told(make: Maker) -> None:
    browser, row = signed_in(member(make.organization, "admin")), vertical(make)
    sent = {
        "display_name": "Advice", "data_retention_days": "30", **TERMS, "metadata": "{}",
        "service_templates": '[{"name": "Haircut"}]', "intake_questions": '{"id": "goal"}',
    }  # fmt: skip
    assert faults(browser.post(page(Vertical, "change", row.pk), sent)) == {
        "service_templates": ["Number 1 needs duration_minutes, price_cents, location_type."],
        "intake_questions": ["This is a list of at most 100."],
    }


def test_hours_say_where_they_are_edited(make: Maker, staff: User) -> None:
    make.professional()
    window = next(iter(rows(make.organization, "professionals.WorkingHours")))
    shown = signed_in(staff).get(page(WorkingHours, "change", window.pk)).content.decode()
    assert "edited on the professional's page" in shown
