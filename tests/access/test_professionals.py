"""A professional sees and moves their own calendar and their own clients; the rest is not there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from authspine.api.views import ScopedViewSet
from authspine.identity import access, own
from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization, User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from bookings.models import Booking
from bookings.rules.status import Status
from clients.models import Client
from payments.models import PaymentIntent, RefundRequest
from professionals.models import TimeOff
from tests.access.people import make_professional_of, new_user, session
from tests.access.test_api import CLOSED, VIEWS
from tests.admin import office
from tests.admin.office import page, signed_in
from tests.factories import BookingFactory, OfferFactory, TimeOffFactory, hour
from tests.fixtures import new_organization
from tests.rest import Api, refused


@dataclass(frozen=True)
class Two:
    """A house with two professionals, each with a client, a booking and time off."""

    organization: Organization
    user: User
    api: Api
    mine: Booking
    other: Booking


@pytest.fixture(scope="module")
def two() -> Two:
    organization = new_organization()
    with organization_scope(organization, SYSTEM):
        mine = BookingFactory(client__name="Mia Mine", notes="Left hand")
        other = BookingFactory(client__name="Olga Other", starts_at=hour(12))
        for booking in (mine, other):
            TimeOffFactory(professional=booking.session.professional, starts_at=hour(14), ends_at=hour(15))
    user = new_user(organization, access.PROFESSIONAL)
    make_professional_of(organization, mine.session.professional, user)
    return Two(organization, user, session(user), mine, other)


def ids(api: Api, path: str) -> list[str]:
    response = api.get(path)
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["results"]]


def test_lists_hold_what_is_theirs(two: Two) -> None:
    found = ids(two.api, "/bookings")
    assert str(two.mine.id) in found
    assert str(two.other.id) not in found
    assert ids(two.api, "/clients") == [str(two.mine.client_id)]
    assert ids(two.api, "/professionals") == [str(two.mine.session.professional_id)]
    assert ids(two.api, "/services") == [str(two.mine.session.service_id)]
    assert len(ids(two.api, f"/professionals/{two.mine.session.professional_id}/time-off")) == 1


def test_a_client_with_two_bookings_is_listed_once(two: Two) -> None:
    with organization_scope(two.organization, SYSTEM):
        BookingFactory(client=two.mine.client, service=two.mine.session.service, starts_at=hour(16))
    assert ids(two.api, "/clients") == [str(two.mine.client_id)]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/bookings/{booking}", {}),
        ("GET", "/bookings/{booking}/answers", {}),
        ("GET", "/bookings/{booking}/policy", {}),
        ("PUT", "/bookings/{booking}/answers", {"answers": {}}),
        *(("POST", f"/bookings/{{booking}}/{move}", {}) for move in ("confirm", "cancel", "complete", "no-show")),
        ("POST", "/bookings/{booking}/reschedule", {"starts_at": hour(16).isoformat()}),
        ("GET", "/clients/{client}", {}),
        ("GET", "/clients/{client}/consents", {}),
        ("GET", "/professionals/{professional}", {}),
        ("GET", "/professionals/{professional}/working-hours", {}),
        ("GET", "/professionals/{professional}/time-off", {}),
        ("GET", "/professionals/{professional}/travel", {}),
        ("POST", "/professionals/{professional}/cancel-day", {"date": "2027-03-01"}),
        ("GET", "/services/{service}", {}),
        ("GET", "/services/{service}/offers", {}),
    ],
)
def test_what_is_anothers_is_not_there(two: Two, method: str, path: str, body: Any) -> None:
    """To the byte the answer to an id that nobody has."""
    seat = two.other.session
    theirs = {
        "booking": two.other.id,
        "client": two.other.client_id,
        "professional": seat.professional_id,
        "service": seat.service_id,
    }
    answers = []
    for found in (theirs, {name: new_id() for name in theirs}):
        response = two.api.send(method, path.format(**found), body)
        text = response.content.decode()
        for each in found.values():
            text = text.replace(str(each), "(id)")
        answers.append((response.status_code, text))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    with organization_scope(two.organization, SYSTEM):
        assert Booking.objects.get(id=two.other.id).status == two.other.status


def test_who_has_no_calendar_sees_nothing(two: Two) -> None:
    api = session(new_user(two.organization, access.PROFESSIONAL))
    for path in ("/bookings", "/clients", "/professionals", "/services", "/payments/intents", "/payments/refunds"):
        assert ids(api, path) == []
    assert api.get(f"/bookings/{two.mine.id}").status_code == 404


def test_at_work_in_two_houses_they_see_each_from_itself_alone(two: Two) -> None:
    user, elsewhere = new_user(two.organization, access.PROFESSIONAL), new_organization()
    identity_actions.add_member(elsewhere, user, role=access.PROFESSIONAL, by="owner")
    with organization_scope(elsewhere, SYSTEM):
        theirs = BookingFactory()
    make_professional_of(elsewhere, theirs.session.professional, user)
    assert ids(session(user), "/bookings") == []


def test_they_book_for_themselves_alone(two: Two) -> None:
    mine, other = two.mine.session, two.other.session
    body = {"client": str(two.mine.client_id), "service": str(mine.service_id), "starts_at": hour(9).isoformat()}
    held = two.api.post("/bookings", body)
    assert held.status_code == 201, held.content
    assert held.json()["professional"] == str(mine.professional_id)
    for foreign in (
        {"service": str(other.service_id)},
        {"client": str(two.other.client_id)},
        {"professional": str(other.professional_id)},
    ):
        assert two.api.post("/bookings", body | foreign).status_code == 404
    refused(two.api.post("/bookings", body | {"override": True}), 403, "permission_denied", "override")
    moved = {"starts_at": hour(13).isoformat(), "professional": str(other.professional_id)}
    assert two.api.post(f"/bookings/{two.mine.id}/reschedule", moved).status_code == 404


def test_a_service_that_others_give_too_is_booked_with_nobody_else(two: Two) -> None:
    """Where nobody is named it is not by whoever is free."""
    with organization_scope(two.organization, SYSTEM):
        OfferFactory(service=two.mine.session.service, professional=two.other.session.professional)
    body = {
        "client": str(two.mine.client_id),
        "service": str(two.mine.session.service_id),
        "starts_at": (hour(10) + timedelta(days=7)).isoformat(),
    }
    held = two.api.post("/bookings", body)
    assert held.status_code == 201, held.content
    assert held.json()["professional"] == str(two.mine.session.professional_id)
    assert two.api.post("/bookings", body).status_code == 409


def test_they_see_no_free_time_of_others(two: Two) -> None:
    span = {"from": clock.now().isoformat(), "first_free": "5"}
    found = two.api.get("/availability", service=str(two.mine.session.service_id), **span).json()
    people = {who for day in found["days"] for slot in day["slots"] for who in slot["professionals"]}
    assert people == {str(two.mine.session.professional_id)}
    named = two.api.get("/availability", professional=str(two.other.session.professional_id), **span)
    assert named.status_code == 404


def test_their_own_calendar_is_theirs_to_change(two: Two) -> None:
    whose, begins = f"/professionals/{two.mine.session.professional_id}", hour(9) + timedelta(days=3)
    period = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
    made = two.api.post(f"{whose}/time-off", period)
    assert made.status_code == 201
    assert two.api.delete(f"{whose}/time-off/{made.json()['id']}").status_code == 204
    hours = two.api.get(f"{whose}/working-hours").json()
    sent = {name: hours[name] for name in ("timezone", "weekly", "overrides")}
    assert two.api.put(f"{whose}/working-hours", sent).status_code == 200
    for method, path, body in (
        ("PATCH", whose, {"name": "Somebody"}),
        ("POST", f"{whose}/verify", {}),
        ("PATCH", f"/services/{two.mine.session.service_id}", {"name": "Other"}),
        ("PATCH", f"/clients/{two.mine.client_id}", {"name": "Other"}),
    ):
        assert two.api.send(method, path, body).status_code == 403


def test_what_they_are_not_shown(two: Two) -> None:
    assert "notes" not in two.api.get(f"/clients/{two.mine.client_id}").json()
    shown = two.api.get(f"/bookings/{two.mine.id}").json()
    assert "cancelled_by" not in shown
    assert shown["notes"] == "Left hand"


def test_a_service_tells_them_of_no_colleagues_terms_and_no_resources(two: Two) -> None:
    mine = two.mine.session
    with organization_scope(two.organization, SYSTEM):
        OfferFactory(service=mine.service)
    path = f"/services/{mine.service_id}"
    for api, all_of_it in ((session(new_user(two.organization, access.STAFF)), True), (two.api, False)):
        (listed,) = (one for one in api.get("/services").json()["results"] if one["id"] == str(mine.service_id))
        for shown in (listed, api.get(path).json()):
            offering = {offer["professional"] for offer in shown["offers"]}
            assert str(mine.professional_id) in offering
            assert (len(offering) > 1) is all_of_it
            assert ("requirements" in shown) is all_of_it


def test_every_model_that_a_path_of_theirs_names_says_whose_its_rows_are() -> None:
    """A model that nobody has thought of shows them nothing."""
    for route in CLOSED:
        view: Any = VIEWS[route].cls
        for action in VIEWS[route].actions.values():
            if "<id>" in route and access.may(access.PROFESSIONAL, view.resource, access.verb_of(action)):
                assert view.of in own.ROWS, (route, action)
    assert own.ROWS.keys() >= set(own.NAMED.values())


def test_the_narrowing_is_asked(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without it all of it is seen, so the tests above would tell."""
    monkeypatch.setattr(ScopedViewSet, "visible", lambda self, rows: rows)
    assert len(ids(two.api, "/clients")) > 1
    monkeypatch.setattr(own, "visible", lambda rows, eyes: rows)
    assert two.api.get(f"/bookings/{two.other.id}").status_code == 200


# The pages of the admin.


@pytest.fixture(scope="module")
def browser(two: Two) -> Browser:
    found = Browser()
    found.force_login(two.user)
    return found


@pytest.mark.parametrize("model", [Booking, Client])
def test_the_admin_shows_their_own_rows(two: Two, browser: Browser, model: Any) -> None:
    own_row, other_row = (one.id if model is Booking else one.client_id for one in (two.mine, two.other))
    listed = browser.get(page(model, "changelist")).content.decode()
    assert str(own_row) in listed
    assert str(other_row) not in listed
    shown = browser.get(page(model, "change", own_row))
    assert shown.status_code == 200
    assert browser.get(page(model, "change", other_row)).status_code == 404


def test_the_admin_moves_no_booking_of_others(two: Two, browser: Browser) -> None:
    for move in ("cancel", "confirm"):
        assert browser.post(office.move(two.other, move), {"_form_submitted": "on"}).status_code == 404
    browser.post(page(Booking, "changelist"), {"action": "cancel_selected", "_selected_action": [str(two.other.id)]})
    with organization_scope(two.organization, SYSTEM):
        assert Booking.objects.get(id=two.other.id).status == two.other.status
    # The control: of their own it is done.
    browser.post(office.move(two.mine, "cancel"), {"_form_submitted": "on"})
    with organization_scope(two.organization, SYSTEM):
        assert Booking.objects.get(id=two.mine.id).status == Status.CANCELLED


def test_the_admins_dialogs_name_no_colleagues(two: Two, browser: Browser) -> None:
    """Who else offers what is booked, and may have it: told to whoever sees them."""
    with organization_scope(two.organization, SYSTEM):
        colleague = OfferFactory(service=two.mine.session.service, professional__name="Zoe Colleague").professional
    question, reader = office.move(two.mine, "reschedule"), signed_in(new_user(two.organization, access.STAFF))
    for seen, shown in ((reader, True), (browser, False)):
        asked = seen.get(question)
        assert asked.status_code == 200
        assert ("Zoe Colleague" in asked.content.decode()) is shown
    sent = {"_form_submitted": "on", "starts_at": "2027-03-01T10:00"}
    for one in (colleague.id, new_id()):
        told = browser.post(question, {**sent, "professional": str(one)}).content.decode()
        assert "Select a valid choice" in told


def test_the_admins_forms_offer_nobody_elses(two: Two, browser: Browser) -> None:
    text = browser.get(page(TimeOff, "add")).content.decode()
    assert str(two.other.session.professional_id) not in text
    sent = {
        "professional": str(two.other.session.professional_id),
        "starts_at_0": "2027-03-01", "starts_at_1": "09:00", "ends_at_0": "2027-03-01", "ends_at_1": "10:00",
    }  # fmt: skip
    assert browser.post(page(TimeOff, "add"), sent).status_code == 200, "the form is shown again"


def test_the_admin_does_not_tell_them_who_of_the_house_did_it(two: Two, browser: Browser) -> None:
    """Of their own booking's refund neither the list nor the page; nor the history of any row of theirs."""
    asker, reader = (new_user(two.organization, access.STAFF) for _ in range(2))
    with organization_scope(two.organization, SYSTEM):
        terms = {"amount_cents": 100, "currency": "USD"}
        intent = PaymentIntent.objects.create(booking=two.mine, method="cash", **terms)
        asked = RefundRequest.objects.create(intent=intent, requested_by=f"user:{asker.id}", **terms)
    for seen, shown in ((signed_in(reader), True), (browser, False)):
        for address in (page(RefundRequest, "changelist"), page(RefundRequest, "change", asked.id)):
            answer = seen.get(address)
            assert answer.status_code == 200
            assert (answer.content.decode().lower().count("asked for by") > 0) is shown, address
            assert (asker.email in answer.content.decode()) is shown
        for row in (asked, two.mine):
            kind = type(row)
            assert seen.get(page(kind, "history", row.id)).status_code == (200 if shown else 403)
            assert (page(kind, "history", row.id) in seen.get(page(kind, "change", row.id)).content.decode()) is shown


def test_the_admin_tells_them_nothing_beyond_the_table(two: Two, browser: Browser) -> None:
    """No legal hold of a client of theirs, and of a payment of theirs not the whole story."""
    reader = signed_in(new_user(two.organization, access.READONLY))
    with organization_scope(two.organization, SYSTEM):
        clients.hold(two.mine.client_id, reference="File 4711", until=None)
        seat = {"service": two.mine.session.service, "starts_at": hour(10) + timedelta(days=21)}
        booking = BookingFactory(client=two.mine.client, **seat)
        intent = PaymentIntent.objects.create(booking=booking, method="cash", amount_cents=100, currency="USD")
    for seen, shown in ((reader, True), (browser, False)):
        for row, words in ((two.mine.client, "File 4711"), (intent, "Started: ")):
            told = seen.get(page(type(row), "change", row.id))
            assert told.status_code == 200
            assert (words in told.content.decode()) is shown, words


def test_the_admins_first_page_shows_their_day(browser: Browser) -> None:
    assert "Olga Other" not in browser.get("/admin/").content.decode()
