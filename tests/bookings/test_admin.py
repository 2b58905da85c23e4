"""Bookings in the admin: moved by the journeys, one by one from their page or many from the list."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from authspine.identity.models import User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, verticals
from bookings.models import Booking, IntakeAnswers
from services.models import Service
from tests.admin.office import member, move, one, page, rows, run, said, signed_in
from tests.factories import hour
from tests.fixtures import Maker

YES = {"_form_submitted": "on"}


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


@pytest.fixture
def browser(staff: User) -> Browser:
    return signed_in(staff)


def events(make: Maker) -> list[tuple[str, str]]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(e.type, e.actor) for e in found if e.type.startswith("booking.")]


def booking(make: Maker, *steps: Any) -> Booking:
    made: Booking = make.booking()
    with organization_scope(make.organization, SYSTEM):
        for step in steps:
            step(made.id)
    return made


@pytest.mark.parametrize(
    ("name", "steps", "status", "event"),
    [
        ("confirm", [], "confirmed", "booking.confirmed"),
        ("complete", [bookings.confirm], "completed", "booking.completed"),
        ("no_show", [bookings.confirm], "no_show", "booking.no_show"),
        ("cancel", [], "cancelled", "booking.cancelled"),
    ],
)
def test_a_move_from_the_page(
    make: Maker, browser: Browser, staff: User, name: str, steps: Any, status: str, event: str
) -> None:
    row = booking(make, *steps)
    assert browser.get(move(row, name)).status_code == 200
    assert (event, f"user:{staff.id}") not in events(make)
    response = browser.post(move(row, name), YES, follow=True)
    assert said(response)[0][0] == "success"
    assert one(make.organization, Booking).status == status
    assert events(make)[-1] == (event, f"user:{staff.id}")


def test_a_move_by_htmx_leaves_the_dialog(make: Maker, browser: Browser) -> None:
    row = booking(make)
    response = browser.post(move(row, "confirm"), YES, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == page(Booking, "change", row.id)


def test_a_refusal_is_told_in_words(make: Maker, browser: Browser) -> None:
    row = booking(make, bookings.cancel)
    response = browser.post(move(row, "confirm"), YES, follow=True)
    assert said(response) == [("error", "A booking that is cancelled cannot become confirmed.")]
    assert len(events(make)) == 2


def test_only_the_moves_that_are_open_are_offered(make: Maker, browser: Browser) -> None:
    row = booking(make)
    shown = browser.get(page(Booking, "change", row.id)).content.decode()
    assert move(row, "confirm") in shown
    assert move(row, "reschedule") in shown
    assert move(row, "complete") not in shown
    with organization_scope(make.organization, SYSTEM):
        bookings.cancel(row.id)
    shown = browser.get(page(Booking, "change", row.id)).content.decode()
    assert not any(move(row, name) in shown for name in ("confirm", "cancel", "reschedule", "complete", "no_show"))


@pytest.mark.parametrize(("asked", "fee"), [({}, 1000), ({"waive_fee": "on"}, 0)])
def test_a_late_cancellation_costs_its_fee_unless_it_is_waived(
    make: Maker, browser: Browser, asked: dict[str, str], fee: int
) -> None:
    with organization_scope(make.organization, SYSTEM):
        verticals.configure("consulting", cancellation_window_minutes=43_200, cancellation_fee_cents=1000)
    booking(make, bookings.confirm)
    row = one(make.organization, Booking)
    browser.post(move(row, "cancel"), YES | {"reason": ""} | asked)
    found: Any = one(make.organization, Booking)
    assert (found.public_status, found.fee_cents) == ("cancelled", fee)


def test_a_cancellation_keeps_its_reason(make: Maker, browser: Browser) -> None:
    row = booking(make)
    browser.post(move(row, "cancel"), YES | {"reason": "Ill"})
    with organization_scope(make.organization, SYSTEM):
        found = Booking.objects.get()
        assert (found.cancelled_by, found.cancellation_reason) == ("user", "Ill")
    assert "Ill" in browser.get(page(Booking, "change", row.id)).content.decode()


def test_a_booking_is_given_another_time(make: Maker, browser: Browser) -> None:
    row = booking(make)
    sent = YES | {"starts_at": f"{hour(14):%Y-%m-%dT%H:%M}"}
    response = browser.post(move(row, "reschedule"), sent, follow=True)
    assert "The booking is now on" in said(response)[0][1]
    found: Any = next(one for one in rows(make.organization, "bookings.Session") if one.seats_taken)
    assert found.starts_at == hour(14)
    assert events(make)[-1][0] == "booking.rescheduled"


def test_a_booking_goes_to_another_professional_who_offers_it(make: Maker, browser: Browser) -> None:
    row, stranger = booking(make), make.professional()
    other = make.offer(service=one(make.organization, Service)).professional
    sent = YES | {"starts_at": f"{hour(10):%Y-%m-%dT%H:%M}"}
    refused = browser.post(move(row, "reschedule"), sent | {"professional": stranger.pk})
    assert "Select a valid choice" in refused.content.decode()
    response = browser.post(move(row, "reschedule"), sent | {"professional": other.pk}, follow=True)
    assert said(response)[0][0] == "success"
    found: Any = next(one for one in rows(make.organization, "bookings.Session") if one.seats_taken)
    assert found.professional_id == other.pk


def test_a_time_that_cannot_be_had_leaves_the_old_one(make: Maker, browser: Browser) -> None:
    row = booking(make)
    response = browser.post(move(row, "reschedule"), YES | {"starts_at": f"{hour(3):%Y-%m-%dT%H:%M}"}, follow=True)
    assert said(response) == [("error", "The professional does not work at this time.")]
    assert [found.seats_taken for found in rows(make.organization, "bookings.Session")] == [1]
    any_time = YES | {"starts_at": f"{hour(3):%Y-%m-%dT%H:%M}", "override": "on"}
    assert said(browser.post(move(row, "reschedule"), any_time, follow=True))[0][0] == "success"


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-02-30T10:00"])
def test_a_wrong_time_is_asked_for_again(make: Maker, browser: Browser, typed: str) -> None:
    row = booking(make)
    response = browser.post(move(row, "reschedule"), YES | {"starts_at": typed})
    assert response.status_code == 200
    assert len(events(make)) == 1


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-30", "2201-01-02", "9999-12-31"])
def test_a_year_that_no_calendar_shows_is_told(make: Maker, browser: Browser, day: str) -> None:
    row = booking(make)
    response = browser.post(move(row, "reschedule"), YES | {"starts_at": f"{day}T23:59", "override": "on"})
    assert response.status_code == 200
    assert "The year lies between 1970 and 2200." in response.content.decode()
    assert len(events(make)) == 1


def test_selected_bookings_are_moved_each_by_itself(make: Maker, browser: Browser, staff: User) -> None:
    held, done = booking(make), booking(make, bookings.confirm, bookings.complete)
    told = run(browser, Booking, "confirm_selected", held, done)
    assert sorted(tone for tone, _ in told) == ["error", "success"]
    assert any("A booking that is completed cannot become confirmed." in text for _, text in told)
    assert any(text.endswith(": confirmed.") for _, text in told)
    statuses = {found.pk: found.status for found in rows(make.organization, "bookings.Booking")}
    assert statuses == {held.id: "confirmed", done.id: "completed"}
    assert events(make)[-1] == ("booking.confirmed", f"user:{staff.id}")


@pytest.mark.parametrize(
    ("action", "steps", "status"),
    [
        ("complete_selected", [bookings.confirm], "completed"),
        ("no_show_selected", [bookings.confirm], "no_show"),
        ("cancel_selected", [], "cancelled"),
    ],
)
def test_every_action_on_selected_bookings(make: Maker, browser: Browser, action: str, steps: Any, status: str) -> None:
    row = booking(make, *steps)
    assert run(browser, Booking, action, row)[0][0] == "success"
    assert one(make.organization, Booking).status == status


def test_a_lapsed_hold_reads_as_expired(make: Maker, browser: Browser) -> None:
    row = booking(make)
    with organization_scope(make.organization, SYSTEM):
        Booking.objects.filter(id=row.id).update(hold_expires_at=clock.now() - timedelta(seconds=1))
    listed = browser.get(page(Booking, "changelist")).content.decode()
    assert "expired" in listed
    assert "pending" not in listed
    by_status = {word: str(row.id) in browser.get(page(Booking, "changelist"), {"status": word}).content.decode()
                 for word in ("held", "expired")}  # fmt: skip
    assert by_status == {"held": False, "expired": True}
    response = browser.post(move(row, "confirm"), YES, follow=True)
    assert said(response) == [("error", "A booking that is expired cannot become confirmed.")]


@pytest.mark.parametrize(
    ("when", "found"), [("today", False), ("tomorrow", None), ("week", True), ("upcoming", True), ("past", False)]
)
def test_bookings_are_found_by_their_start(make: Maker, browser: Browser, when: str, found: bool | None) -> None:
    row = booking(make)
    listed = str(row.id) in browser.get(page(Booking, "changelist"), {"when": when}).content.decode()
    assert listed is found or found is None


def test_bookings_are_found_by_their_client(make: Maker, browser: Browser) -> None:
    row: Any = make.booking(client=make.client(name="Zoë Quist"))
    other = booking(make)
    listed = browser.get(page(Booking, "changelist"), {"q": "quist"}).content.decode()
    assert str(row.id) in listed
    assert str(other.id) not in listed


def test_a_foreign_booking_is_not_moved(make: Maker, superuser_elsewhere: Browser) -> None:
    row = booking(make)
    assert superuser_elsewhere.post(move(row, "confirm"), YES).status_code == 404
    assert run(superuser_elsewhere, Booking, "confirm_selected", row) == []
    assert one(make.organization, Booking).status == "pending"


@pytest.fixture
def superuser_elsewhere() -> Browser:
    from tests.admin.office import new_user
    from tests.fixtures import new_organization

    return signed_in(new_user(is_superuser=True), new_organization())


QUESTION = {"id": "risk", "prompt": "Any <b>risk</b>?", "type": "text", "required": True}


def asked(make: Maker, **answers: str) -> Booking:
    """A booking that asks one question, which must be answered."""
    row: Booking = make.booking()
    with organization_scope(make.organization, SYSTEM):
        verticals.configure("consulting", intake_questions=[QUESTION])
        if answers:
            bookings.answer(row.id, answers=answers)
    return row


@pytest.mark.parametrize(("answers", "told"), [({"risk": "<i>None</i>"}, "&lt;i&gt;None&lt;/i&gt;"), ({}, "–")])
def test_what_was_answered_is_shown_as_text(make: Maker, browser: Browser, answers: Any, told: str) -> None:
    shown = browser.get(page(Booking, "change", asked(make, **answers).id)).content.decode()
    assert "Any &lt;b&gt;risk&lt;/b&gt;? *" in shown
    assert f"<dd>{told}</dd>" in shown
    assert "<i>None" not in shown


def test_answers_have_a_page_of_their_own(make: Maker, browser: Browser) -> None:
    asked(make, risk="None at all")
    row = one(make.organization, IntakeAnswers)
    assert "None at all" in browser.get(page(IntakeAnswers, "change", row.id)).content.decode()
    assert "None at all" not in browser.get(page(IntakeAnswers, "changelist")).content.decode()
    assert browser.post(page(IntakeAnswers, "change", row.id), {"content": "[]"}).status_code == 403


def test_without_answers_a_booking_is_confirmed_knowingly(make: Maker, browser: Browser) -> None:
    row = asked(make)
    assert 'name="override"' in browser.get(move(row, "confirm")).content.decode()
    refused = browser.post(move(row, "confirm"), YES, follow=True)
    assert said(refused) == [("error", "This booking has questions that must be answered before it is confirmed.")]
    assert one(make.organization, Booking).status == "pending"
    told = browser.post(move(row, "confirm"), YES | {"override": "on"}, follow=True)
    assert said(told) == [("success", "The booking is confirmed.")]


def test_who_has_answered_is_not_asked_about_it(make: Maker, browser: Browser) -> None:
    assert 'name="override"' not in browser.get(move(asked(make, risk="None"), "confirm")).content.decode()
