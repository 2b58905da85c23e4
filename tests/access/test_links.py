"""(E20) A client's self-service link: hard to guess, short of life, good for one booking, and told to nobody else."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings

from authspine.api import wire
from authspine.identity import access, links
from authspine.identity import actions as identity_actions
from authspine.identity.models import BookingLink, Organization
from authspine.identity.rules import digest
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.redaction import redacted
from authspine.kernel.tenancy import organization_scope
from authspine.limits.rates import limits
from authspine.orchestrator import bookings as journeys
from authspine.orchestrator import erasure
from authspine.platform.self_service import proof
from bookings.models import Booking
from tests.access.people import by_link, link_to
from tests.factories import BookingFactory, ServiceFactory
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, refused

TOKEN = "asl_[A-Za-z0-9_-]{43}"

QUESTIONS = [
    {"id": "allergies", "prompt": "Any allergies?", "type": "text", "required": False, "max_length": 200, "options": []}
]


@pytest.fixture
def booking(make: Maker) -> Booking:
    found: Booking = make.booking(client__name="Ana Example", notes="Pays late")
    return found


@pytest.fixture
def token(organization: Organization, booking: Booking) -> str:
    return link_to(organization, booking.id)


def again(booking: Booking) -> Booking:
    with organization_scope(booking.organization, SYSTEM):
        return Booking.objects.select_related("session").get(id=booking.id)


def open_page(token: str, **query: str) -> Any:
    return Browser(enforce_csrf_checks=True).get(f"/b/{token}", query_params=query)


def post(token: str, move: str, **sent: str) -> Any:
    """As a browser sends a form of a page with `no-referrer`."""
    browser = Browser(enforce_csrf_checks=True, headers={"Origin": "null"})
    return browser.post(f"/b/{token}/{move}", {"proof": proof(token), **sent})


def test_a_link_is_made_and_its_token_kept_nowhere(api_client: Api, booking: Booking) -> None:
    response = api_client.post(f"/bookings/{booking.id}/link")
    assert response.status_code == 201
    made = response.json()
    token = re.fullmatch(f"http://testserver/b/({TOKEN})", made["url"])
    assert token
    kept = BookingLink.objects.get(id=made["id"])
    assert kept.digest == digest(token[1])
    assert token[1] not in str(vars(kept))
    ends = booking.session.ends_at + timedelta(days=30)
    assert datetime.fromisoformat(made["expires_at"]) == ends
    assert open_page(token[1]).status_code == 200


def test_e20_a_token_has_more_than_128_bits_and_no_two_are_alike(organization: Organization, booking: Booking) -> None:
    tokens = {link_to(organization, booking.id) for _ in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        assert re.fullmatch(TOKEN, token)  # 43 characters of 6 bits
    for place in range(4, 46):
        assert len({token[place] for token in tokens}) > 10


@override_settings(LINK_DAYS=2)
def test_the_life_of_a_link_is_configured(organization: Organization, booking: Booking) -> None:
    link_to(organization, booking.id)
    assert BookingLink.objects.get(booking=booking.id).expires_at == booking.session.ends_at + timedelta(days=2)


def test_e20_a_link_that_is_over_taken_back_or_guessed_is_nothing(
    organization: Organization, booking: Booking, token: str, api_client: Api
) -> None:
    nothing = open_page(f"asl_{'x' * 43}")
    assert nothing.status_code == 404
    link = BookingLink.objects.filter(digest=digest(token))
    link.update(expires_at=clock.now())
    assert (open_page(token).status_code, open_page(token).content) == (404, nothing.content)
    link.update(expires_at=clock.now() + timedelta(days=1))
    assert open_page(token).status_code == 200
    second = link_to(organization, booking.id)
    assert api_client.delete(f"/bookings/{booking.id}/link").status_code == 204
    for dead in (token, second):
        assert open_page(dead).status_code == 404
        assert post(dead, "cancel").status_code == 404
        refused(Api(dead).get("/bookings"), 401, "not_authenticated")


def test_e20_a_link_to_a_closed_organization_is_nothing(organization: Organization, token: str) -> None:
    assert open_page(token).status_code == 200
    assert Api(token).get("/bookings").status_code == 200
    identity_actions.close_organization(organization)
    assert open_page(token).content == open_page(f"asl_{'x' * 43}").content
    assert post(token, "cancel").status_code == 404
    refused(Api(token).get("/bookings"), 401, "not_authenticated")


@pytest.mark.parametrize("wrong", ["", "asl_", "asl_short", "asp_" + "x" * 43, "asl_" + "é" * 43, "asl_" + "x" * 44])
def test_what_is_no_token_is_no_page(wrong: str) -> None:
    assert open_page(wrong).status_code == 404
    assert Api(wrong or "x").get("/bookings").status_code == 401


def test_e20_guessing_finds_nothing_and_goes_through_one_door(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page and API alike: whoever counts misses counts them there."""
    tried: list[str] = []
    found = links.find

    def counted(text: str, *, now: datetime) -> BookingLink | None:
        tried.append(text)
        return found(text, now=now)

    monkeypatch.setattr(links, "find", counted)
    for number in range(20):
        guess = f"{token[:-2]}{number:02}"
        if guess != token:
            assert open_page(guess).status_code == 404
            assert Api(guess).get("/bookings").status_code == 401
    assert len(tried) >= 38


def test_e20_whoever_goes_on_guessing_is_told_to_stop(token: str, settings: Any) -> None:
    """By address; who has a link is not counted, also behind the same address."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refused": limits("refused=3/minute")["refused"]}
    guess, browser = f"asl_{'x' * 43}", Browser(REMOTE_ADDR="203.0.113.77")
    assert [browser.get(f"/b/{guess}").status_code for _ in range(3)] == [404] * 3
    for refused_page in (browser.get(f"/b/{guess}"), browser.post(f"/b/{guess}/cancel")):
        assert refused_page.status_code == 429
        assert 0 < int(refused_page.headers["Retry-After"]) <= 60
        assert refused_page.headers["Content-Type"].startswith("text/html")
        assert "no-store" in refused_page.headers["Cache-Control"]
        assert guess not in refused_page.content.decode()
    for _ in range(5):
        assert browser.get(f"/b/{token}").status_code == 200
    assert Browser(REMOTE_ADDR="203.0.113.78").get(f"/b/{guess}").status_code == 404


def test_e20_a_link_is_good_in_one_organization_alone(booking: Booking, token: str) -> None:
    other = new_organization()
    with organization_scope(other, SYSTEM):
        theirs = BookingFactory()
    api = Api(token)
    assert api.get(f"/bookings/{theirs.id}").json() == api.get(f"/bookings/{new_id()}").json()
    assert [one["id"] for one in api.get("/bookings").json()["results"]] == [str(booking.id)]


def test_e20_the_page_is_sent_on_nowhere_and_kept_nowhere(token: str) -> None:
    for response in (open_page(token), post(token, "cancel", proof="wrong")):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        text = response.content.decode()
        assert set(re.findall(r'(?:href|src|action)="([^"]*)"', text)) <= {
            "#main", f"/b/{token}/cancel", f"/b/{token}/reschedule", f"/b/{token}/answers",
            *re.findall(r'href="(/static/[^"]*)"', text),
        }  # fmt: skip
        assert "<script" not in text
        assert not response.cookies


def test_e20_the_token_is_never_logged(token: str, caplog: pytest.LogCaptureFixture) -> None:
    """A line names the route as a pattern; the last resort knows the shape as well."""
    request: Any = open_page(token).wsgi_request
    assert token not in request.resolver_match.route
    wire.tell(request, open_page(token), 0.1)
    post(token, "cancel", proof="wrong")
    open_page(f"{token[:-1]}!")
    assert token not in "".join(str(vars(record)) for record in caplog.records if record.name.startswith("authspine"))
    assert redacted(f"GET /b/{token}") == "GET /b/[key]"


@override_settings(DEMO=False)
def test_it_works_for_any_organization_without_the_demo(token: str) -> None:
    text = open_page(token).content.decode()
    assert "Cancel the booking" in text
    assert "Pays late" not in text, "what the house notes is its own"


def test_a_client_cancels(booking: Booking, token: str) -> None:
    response = post(token, "cancel", reason="I am <b>ill</b>")
    assert (response.status_code, response["Location"]) == (303, f"/b/{token}?done=cancel")
    found = again(booking)
    assert (found.status, found.cancelled_by, found.cancellation_reason) == ("cancelled", "client", "I am <b>ill</b>")
    shown = open_page(token, done="cancel").content.decode()
    assert "The booking is cancelled." in shown
    assert "Cancel the booking" not in shown
    refusal = post(token, "cancel")
    assert refusal.status_code == 409
    assert 'role="alert"' in refusal.content.decode()


def test_a_client_moves_it_to_a_time_that_is_offered(booking: Booking, token: str) -> None:
    before = again(booking).session.starts_at
    offered = re.findall(r'<option value="([^"]+)"', open_page(token).content.decode())
    assert offered
    assert post(token, "reschedule", starts_at=offered[-1]).status_code == 303
    assert again(booking).session.starts_at == datetime.fromisoformat(offered[-1]) != before


@pytest.mark.parametrize(
    ("move", "sent", "needed"),
    [
        ("cancel", {}, ("bookings", "cancel")),
        ("reschedule", {"starts_at": "2030-01-01T10:00:00Z"}, ("bookings", "reschedule")),
        ("answers", {"answer.allergies": "None"}, ("answers", "change")),
    ],
)
def test_a_client_does_there_what_the_table_says(
    booking: Booking, token: str, move: str, sent: Any, needed: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource, verb = needed
    table = {**access.TABLE, resource: {**access.TABLE[resource], verb: access.EVERYBODY - {access.CLIENT}}}
    monkeypatch.setattr(access, "TABLE", table)
    before = again(booking)
    response = post(token, move, **sent)
    assert (response.status_code, "not done by a link" in response.content.decode()) == (403, True)
    assert again(booking).status == before.status


@pytest.mark.parametrize(
    ("move", "sent"),
    [
        ("reschedule", {"starts_at": "soon"}),
        ("reschedule", {}),
        ("cancel", {"reason": "x" * 501}),
        ("cancel", {"reason": "a\x00b"}),
        ("answers", {"answer.nothing": "x"}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    booking: Booking, token: str, move: str, sent: dict[str, str]
) -> None:
    response = post(token, move, **sent)
    assert response.status_code in (400, 409)
    assert 'role="alert"' in response.content.decode()
    assert again(booking).status == booking.status


def test_a_form_from_elsewhere_is_refused(booking: Booking, token: str, organization: Organization) -> None:
    """Also with the proof of another link."""
    for wrong in ("", "x", "é", proof(link_to(organization, booking.id))):
        assert post(token, "cancel", proof=wrong).status_code == 403
    assert again(booking).status == booking.status


def test_nothing_changes_by_get(booking: Booking, token: str) -> None:
    for move in ("cancel", "reschedule", "answers"):
        assert Browser().get(f"/b/{token}/{move}").status_code == 405
    assert Browser().post(f"/b/{token}").status_code == 405
    assert again(booking).status == booking.status


def test_over_the_api_a_client_has_this_booking_alone(organization: Organization, make: Maker) -> None:
    """Not even another booking of their own: a link that was passed on shows no more than it was made for."""
    mine = make.booking()
    other = make.booking(client=mine.client)
    api = by_link(organization, mine.id)
    shown = api.get(f"/bookings/{mine.id}").json()
    assert shown["id"] == str(mine.id)
    assert not {"notes", "cancelled_by"} & shown.keys()
    assert [one["id"] for one in api.get("/bookings").json()["results"]] == [str(mine.id)]
    for path in (f"/bookings/{other.id}", f"/bookings/{other.id}/answers", f"/bookings/{other.id}/policy"):
        assert (api.get(path).status_code, api.get(path).json()) == (
            404,
            api.get(path.replace(str(other.id), str(new_id()))).json(),
        )
    assert api.post(f"/bookings/{other.id}/cancel").status_code == 404
    assert api.get(f"/bookings/{mine.id}/policy").status_code == 200
    for path in ("/clients", f"/clients/{mine.client_id}", "/services", "/payments/intents", "", "/keys"):
        assert api.get(path).status_code == 403


@pytest.mark.parametrize(
    ("move", "sent"),
    [
        ("cancel", {"waive_fee": True}),
        ("reschedule", {"starts_at": "2027-03-01T10:00:00Z", "override": True}),
        ("reschedule", {"starts_at": "2027-03-01T10:00:00Z", "professional": str(new_id())}),
    ],
)
def test_a_client_is_under_the_policy(organization: Organization, booking: Booking, move: str, sent: Any) -> None:
    field = next(name for name in sent if name != "starts_at")
    refused(
        by_link(organization, booking.id).post(f"/bookings/{booking.id}/{move}", sent), 403, "permission_denied", field
    )
    assert again(booking).status == booking.status


def test_a_client_sees_the_free_times_of_their_own_professional(organization: Organization, make: Maker) -> None:
    mine, other = make.booking(), make.booking()
    api = by_link(organization, mine.id)
    span = {"from": clock.now().isoformat(), "first_free": "3"}
    found = api.get("/availability", service=str(mine.session.service_id), **span).json()
    people = {who for day in found["days"] for slot in day["slots"] for who in slot["professionals"]}
    assert people <= {str(mine.session.professional_id)}
    assert api.get("/availability", service=str(other.session.service_id), **span).status_code == 404


@pytest.mark.parametrize("asked", ["service", "professional"])
def test_a_client_sees_the_free_times_of_their_own_service_alone(
    organization: Organization, make: Maker, asked: str
) -> None:
    """Nothing else that the professional gives, and not why the rest is taken: that tells of other bookings."""
    mine = make.booking()
    with organization_scope(organization, SYSTEM):
        ServiceFactory(professional=mine.session.professional, duration_minutes=17)
    named = {"service": str(mine.session.service_id), "professional": str(mine.session.professional_id)}
    span = {"from": clock.now().isoformat(), "first_free": "50"}
    api = by_link(organization, mine.id)
    assert api.get("/availability", **named, **span).json()["days"]
    found = api.get("/availability", **{asked: named[asked]}, **span)
    assert found.json() == api.get("/availability", **named, **span).json()
    refused(
        api.get("/availability", **{asked: named[asked]}, explain="true", **span), 403, "permission_denied", "explain"
    )
    assert api.get("/availability", **{asked: named[asked]}, explain="false", **span).status_code == 200
    # The control: whoever may see all of it finds more, and is told why.
    house = caller(organization, "read")
    told = house.get("/availability", professional=named["professional"], explain="true", **span).json()
    assert any(day["unbookable"] for day in told["days"])
    lengths = {
        datetime.fromisoformat(slot["ends_at"]) - datetime.fromisoformat(slot["starts_at"])
        for day in told["days"]
        for slot in day["slots"]
    }
    assert timedelta(minutes=17) in lengths


def test_who_is_erased_has_no_link(organization: Organization, booking: Booking, token: str) -> None:
    with organization_scope(organization, SYSTEM):
        journeys.cancel(booking.id)
    erasure.erase_client(organization, SYSTEM, booking.client_id)
    assert not BookingLink.objects.filter(booking=booking.id).exists()
    assert open_page(token).status_code == 404


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 201), ("admin", 201)])
def test_staff_and_writing_keys_make_links(
    organization: Organization, booking: Booking, scope: str, status: int
) -> None:
    assert caller(organization, scope).post(f"/bookings/{booking.id}/link").status_code == status


def test_a_client_answers_what_is_asked(organization: Organization, make: Maker) -> None:
    booking = make.booking(service__intake_questions=QUESTIONS)
    token = link_to(organization, booking.id)
    assert "Any allergies?" in open_page(token).content.decode()
    assert post(token, "answers", **{"answer.allergies": "<i>Nuts</i>"}).status_code == 303
    shown = open_page(token, done="answers").content.decode()
    assert "&lt;i&gt;Nuts&lt;/i&gt;" in shown
    assert "<i>Nuts" not in shown
    told = by_link(organization, booking.id).get(f"/bookings/{booking.id}/answers").json()["answers"]
    assert "<i>Nuts</i>" in [one["answer"] for one in told]
