"""`GET /availability`: why the rest cannot be had, the next ten, what is known already; nobody else is told of."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, professionals
from services.models import Service
from tests.factories import ClientFactory, hour, working_day
from tests.fixtures import Maker
from tests.rest import ROOT, Api, refused

DAY = {"from": hour(0).isoformat(), "to": hour(24).isoformat()}


@pytest.fixture
def service(make: Maker) -> Service:
    """An hour every half an hour, with a quarter after it."""
    found: Service = make.service(slot_interval_minutes=30, buffer_after_minutes=15)
    return found


def reasons(answer: Any) -> dict[str, str]:
    """The rules by the clock of the start."""
    [day] = answer.json()["days"]
    return {point["starts_at"][11:16]: point["rule"] for point in day["unbookable"]}


def test_every_point_of_the_grid_that_is_no_slot_has_its_reason(api_client: Api, make: Maker, service: Service) -> None:
    make.booking(service=service, starts_at=hour(10))
    make.time_off(professional=service.professional, starts_at=hour(14), ends_at=hour(15))
    found = api_client.get("/availability", service=service.id, explain="true", **DAY)
    assert reasons(found) == {
        **dict.fromkeys(["09:00", "11:00"], "buffer"),
        **dict.fromkeys(["09:30", "10:00", "10:30"], "booked"),
        **dict.fromkeys(["13:30", "14:00", "14:30"], "time_off"),
        "16:30": "outside_hours",
    }
    [day] = found.json()["days"]
    assert list(day["unbookable"][0]) == ["starts_at", "ends_at", "professional", "service", "rule"]
    assert len(day["slots"]) + len(day["unbookable"]) == 16
    for point in day["unbookable"]:
        body = {"client": str(make.client().id), "service": point["service"], "starts_at": point["starts_at"]}
        assert api_client.post("/bookings", body).status_code == 409


def test_without_being_asked_nothing_is_explained(api_client: Api, service: Service) -> None:
    for asked in ({}, {"explain": "false"}):
        [day] = api_client.get("/availability", service=service.id, **asked, **DAY).json()["days"]
        assert list(day) == ["date", "slots"]


def test_reasons_tell_nothing_of_other_clients(api_client: Api, make: Maker, service: Service) -> None:
    client = make.client(name="Mata Hari", email="mata@example.com", phone="+31 20 555 0199", notes="spy")
    booking = make.booking(client=client, service=service, starts_at=hour(10), notes="by night")
    make.time_off(professional=service.professional, starts_at=hour(14), ends_at=hour(15), reason="dentist")
    asked = {"professional": service.professional_id, "explain": "true", **DAY}
    body = api_client.get("/availability", **asked).content.decode()
    assert '"booked"' in body
    assert '"time_off"' in body
    private = (client.id, booking.id, booking.session_id, "Mata", "mata@", "0199", "spy", "night", "dentist")
    assert [word for word in private if str(word).lower() in body.lower()] == []


def test_the_next_ten(api_client: Api, make: Maker, service: Service) -> None:
    """Over the night; without an end, up to 92 days on."""
    make.booking(service=service, starts_at=hour(10))
    found = api_client.get("/availability", **{"service": service.id, "from": hour(14).isoformat(), "first_free": 10})
    starts = [slot["starts_at"] for day in found.json()["days"] for slot in day["slots"]]
    assert len(starts) == 10
    assert starts[:5] == [(hour(14) + timedelta(minutes=30 * number)).isoformat() for number in range(5)]
    assert starts[5] > hour(24).isoformat()
    nothing = {"service": service.id, "from": hour(18).isoformat(), "to": hour(19).isoformat(), "first_free": 10}
    assert api_client.get("/availability", **nothing).json()["days"] == []


def test_who_knows_the_answer_gets_a_304_until_somebody_books(api_client: Api, make: Maker, service: Service) -> None:
    def ask(tag: str = "") -> Any:
        known = {"If-None-Match": tag} if tag else {}
        return api_client.http.get(f"{ROOT}/availability", {"service": str(service.id), **DAY}, headers=known)

    tag = ask()["ETag"]
    assert tag.startswith('"')  # a strong one
    again = ask(tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    booking = make.booking(service=service, starts_at=hour(10))
    changed = ask(tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    api_client.post(f"/bookings/{booking.id}/cancel")
    assert ask(tag).status_code == 304


@pytest.mark.parametrize("people", [1, 50])
@pytest.mark.parametrize("more", [{}, {"explain": True}, {"first_free": 10, "to_at": None}])
def test_three_statements_for_one_and_for_fifty(
    organization: Organization, make: Maker, people: int, more: dict[str, Any]
) -> None:
    service = make.service()
    with organization_scope(organization, SYSTEM):
        for number in range(1, people):
            somebody = professionals.onboard(email=f"n{number}@example.com", name="N", vertical="consulting")
            service.offers.create(professional=somebody)
        bookings.hold(client=ClientFactory().id, service=service.id, starts_at=hour(12))
        asked: dict[str, Any] = {
            "services": [service.id],
            "from_at": hour(0),
            "to_at": hour(0) + timedelta(days=30),
        } | more
        with CaptureQueriesContext(connection) as captured:
            found = bookings.availability(**asked)
    assert len(captured) == 3
    assert len(found.slots[0].professionals) == people


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("explain", value) for value in ("1", "yes", "TRUE", "", "null")),
        *(("first_free", value) for value in ("0", "-1", "101", "1.0", "ten", "", "9" * 400)),
        *(
            ("timezone", value)
            for value in ("Mars/Phobos", "", "../../etc/passwd", "EST5EDT4,M3", "utc", "Europe/berlin")
        ),
        *(
            ("from", value)
            for value in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2027-03-28T02:30:00", "now", "")
        ),
        *(("to", value) for value in ("9999-12-31T23:59:59Z", "2027-10-31T02:30:00", "2027-10-31")),
    ],
)
def test_a_question_of_the_wrong_shape(api_client: Api, service: Service, field: str, value: str) -> None:
    """A time in a gap or an overlap of a clock, too: without its offset it is no instant."""
    asked = {"service": service.id, **DAY} | {field: value}
    refused(api_client.get("/availability", **asked), 400, "validation_error", field)


def test_93_days_are_too_many(api_client: Api, service: Service) -> None:
    until = working_day() + timedelta(days=92)
    asked = {"service": service.id, "from": hour(0).isoformat()}
    assert api_client.get("/availability", to=until.isoformat(), **asked).status_code == 200
    for late in (timedelta(microseconds=1), timedelta(days=1)):
        refused(api_client.get("/availability", to=(until + late).isoformat(), **asked), 400, "range_too_long", "to")


def test_101_professionals_are_too_many(api_client: Api, make: Maker) -> None:
    one = make.professional().id
    url = f"{ROOT}/availability?from={hour(0):%Y-%m-%dT%H:%MZ}&to={hour(24):%Y-%m-%dT%H:%MZ}"
    assert api_client.follow(url + f"&professional={one}" * 100).status_code == 200
    refused(api_client.follow(url + f"&professional={one}" * 101), 400, "validation_error", "professional")


def test_an_end_is_not_before_its_start(api_client: Api, service: Service) -> None:
    for end in (hour(10), hour(9)):
        asked = {"service": service.id, "from": hour(10).isoformat(), "to": end.isoformat(), "first_free": 3}
        refused(api_client.get("/availability", **asked), 400, "validation_error", "to")


@pytest.mark.parametrize("tag", ["1", "garbage", '"', 'W/"', "*, *", '"a" "b"', "\x7f", '"' + "x" * 5000 + '"'])
def test_a_tag_that_is_garbage_changes_nothing(api_client: Api, make: Maker, tag: str) -> None:
    path = f"{ROOT}/bookings/{make.booking().id}"
    for verb in ("confirm", "cancel"):
        answer = api_client.http.post(f"{path}/{verb}", content_type="application/json", headers={"If-Match": tag})
        refused(answer, 400, "validation_error")
    found = api_client.follow(path).json()
    assert (found["status"], found["version"]) == ("held", 1)
