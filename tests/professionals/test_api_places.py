"""`/locations`, `/closures`, `/holiday-calendars`: they work; then one test per way to fail."""

from typing import Any

import pytest

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.fixtures import Maker
from tests.rest import Api, refused

PLACE: dict[str, Any] = {
    "name": "Main Street",
    "timezone": "Europe/Berlin",
    "address": "1 Main Street\nBerlin",
    "active": True,
    "metadata": {"floor": 2},
    "external_id": "shop-1",
}
DATES: dict[str, Any] = {
    "location": None, "starts_on": "2026-12-24", "ends_on": "2027-01-01", "reason": "Winter", "external_id": "7"
}  # fmt: skip
BAVARIA: dict[str, Any] = {"location": None, "country": "DE", "region": "BY", "external_id": "by"}
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
RECORD = {"id", "created_at", "updated_at"}


def told(organization: Organization) -> list[tuple[str, list[str]]]:
    """The types of the events of places, oldest first, each with what it names."""
    with organization_scope(organization, SYSTEM):
        found = AnalyticsEvent.objects.exclude(type__startswith="platform.").order_by("created_at", "id")
        return [(event.type, sorted(event.data)) for event in found]


def test_a_location_is_opened_changed_and_deleted(api_client: Api, organization: Organization) -> None:
    created = api_client.post("/locations", PLACE)
    assert created.status_code == 201
    body = created.json()
    assert {name: body[name] for name in PLACE} == PLACE
    assert set(body) == {*PLACE, *RECORD}
    assert api_client.follow(created.headers["Location"]).json() == body
    changed = api_client.patch(f"/locations/{body['id']}", {"name": "High Street", "active": False}).json()
    assert (changed["name"], changed["active"], changed["address"]) == ("High Street", False, PLACE["address"])
    assert api_client.get("/locations").json()["results"] == [changed]
    assert api_client.get("/locations", active="true").json()["results"] == []
    assert api_client.delete(f"/locations/{body['id']}").status_code == 204
    refused(api_client.get(f"/locations/{body['id']}"), 404, "not_found")
    refused(api_client.delete(f"/locations/{body['id']}"), 404, "not_found")
    assert told(organization) == [
        ("location.created", ["locationId"]),
        ("location.updated", ["fields", "locationId"]),
        ("location.deleted", ["locationId"]),
    ]


@pytest.mark.parametrize("referring", ["hours", "override", "closure", "calendar", "service"])
def test_a_location_that_is_referred_to_is_made_inactive(api_client: Api, make: Maker, referring: str) -> None:
    place = str(make.location().id)
    refer(api_client, make, referring, place)
    assert api_client.delete(f"/locations/{place}").status_code == 204
    assert api_client.get(f"/locations/{place}").json()["active"] is False
    assert api_client.delete(f"/locations/{place}").status_code == 204
    assert [type for type, _ in told(make.organization)].count("location.deleted") == 1
    assert api_client.patch(f"/locations/{place}", {"active": True}).json()["active"] is True


def refer(api_client: Api, make: Maker, referring: str, place: str) -> None:
    if referring == "closure":
        assert api_client.post("/closures", DATES | {"location": place}).status_code == 201
    elif referring == "calendar":
        assert api_client.post("/holiday-calendars", BAVARIA | {"location": place}).status_code == 201
    elif referring == "service":
        service = make.service()
        with organization_scope(make.organization, SYSTEM):
            type(service).objects.filter(id=service.id).update(location=place)
    else:
        window = {"weekday": 0, "start": "09:00", "end": "10:00", "location": place}
        day = {"date": "2026-12-24", "ranges": [], "location": place}
        hours = {"weekly": [window]} if referring == "hours" else {"weekly": [], "overrides": [day]}
        path = f"/professionals/{make.professional().id}/working-hours"
        assert api_client.put(path, {"timezone": "UTC", **hours}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", None),
        ("timezone", "Mars/Phobos"),
        ("timezone", None),
        ("address", "x" * 1001),
        ("active", "yes"),
        ("metadata", []),
    ],
)
def test_a_location_of_the_wrong_shape(api_client: Api, field: str, value: Any) -> None:
    refused(api_client.post("/locations", PLACE | {field: value}), 400, "validation_error", field)
    assert api_client.get("/locations").json()["results"] == []


@pytest.mark.parametrize(
    ("path", "body"), [("/locations", PLACE), ("/closures", DATES), ("/holiday-calendars", BAVARIA)]
)
def test_an_external_id_is_taken_once(api_client: Api, path: str, body: dict[str, Any]) -> None:
    assert api_client.post(path, body).status_code == 201
    again = body | {"region": "BE"} if "region" in body else body
    found = api_client.post(path, again).json()
    assert (found["status"], found["errors"][0]["code"]) == (409, "external_id_exists")


@pytest.mark.parametrize("at_location", [True, False])
def test_dates_are_closed_and_opened(api_client: Api, make: Maker, at_location: bool) -> None:
    body = DATES | {"location": str(make.location().id) if at_location else None}
    created = api_client.post("/closures", body)
    assert created.status_code == 201
    closure = created.json()
    assert {name: closure[name] for name in body} == body
    assert set(closure) == {*body, *RECORD}
    assert api_client.follow(created.headers["Location"]).json() == closure
    assert api_client.get("/closures").json()["results"] == [closure]
    assert api_client.delete(f"/closures/{closure['id']}").status_code == 204
    refused(api_client.get(f"/closures/{closure['id']}"), 404, "not_found")
    refused(api_client.delete(f"/closures/{closure['id']}"), 404, "not_found")
    assert [entry for entry in told(make.organization) if "closure" in entry[0]] == [
        ("closure.created", ["closureId"]),
        ("closure.deleted", ["closureId"]),
    ]


@pytest.mark.parametrize(
    ("dates", "field", "code"),
    [
        ({"starts_on": "2026-12-25", "ends_on": "2026-12-24"}, "ends_on", "order"),
        ({"starts_on": "2026-01-01", "ends_on": "2036-01-09"}, "ends_on", "range_too_long"),
        ({"starts_on": "1970-01-01", "ends_on": "2200-12-31"}, "ends_on", "range_too_long"),
        ({"ends_on": "9999-12-31"}, "ends_on", "out_of_range"),
        ({"starts_on": "1969-12-31"}, "starts_on", "out_of_range"),
        ({"starts_on": "2026-02-30"}, "starts_on", "invalid_date"),
        ({"starts_on": "24.12.2026"}, "starts_on", "invalid_date"),
        ({"starts_on": None}, "starts_on", "null"),
        ({"reason": "x" * 201}, "reason", "max_length"),
        ({"location": "x"}, "location", "invalid_id"),
    ],
)
def test_closures_of_the_wrong_shape(api_client: Api, dates: dict[str, Any], field: str, code: str) -> None:
    found = api_client.post("/closures", DATES | dates).json()
    assert found["status"] == 400
    assert [(fault["field"], fault["code"]) for fault in found["errors"]] == [(field, code)]
    assert api_client.get("/closures").json()["results"] == []


def test_the_longest_closure_and_that_of_a_day(api_client: Api) -> None:
    for starts_on, ends_on in (("2026-01-01", "2036-01-08"), ("2026-01-01", "2026-01-01")):
        body = {"starts_on": starts_on, "ends_on": ends_on}
        assert api_client.post("/closures", body).status_code == 201


@pytest.mark.parametrize(("path", "body"), [("/closures", DATES), ("/holiday-calendars", BAVARIA)])
def test_a_location_that_does_not_exist_is_named(api_client: Api, path: str, body: dict[str, Any]) -> None:
    refused(api_client.post(path, body | {"location": MISSING}), 404, "not_found", "location")


@pytest.mark.parametrize(("path", "body"), [("/closures", DATES), ("/holiday-calendars", BAVARIA)])
def test_a_list_can_be_of_one_location(api_client: Api, make: Maker, path: str, body: dict[str, Any]) -> None:
    place = str(make.location().id)
    api_client.post(path, body)
    there = api_client.post(path, body | {"location": place, "external_id": None}).json()
    assert api_client.get(path, location=place).json()["results"] == [there]


def test_holidays_are_kept_and_no_longer(api_client: Api, make: Maker) -> None:
    created = api_client.post("/holiday-calendars", BAVARIA)
    assert created.status_code == 201
    calendar = created.json()
    assert {name: calendar[name] for name in BAVARIA} == BAVARIA
    assert set(calendar) == {*BAVARIA, *RECORD}
    assert api_client.follow(created.headers["Location"]).json() == calendar
    assert api_client.get("/holiday-calendars").json()["results"] == [calendar]
    assert api_client.post("/holiday-calendars", {"country": "US"}).json()["region"] == ""
    assert api_client.delete(f"/holiday-calendars/{calendar['id']}").status_code == 204
    refused(api_client.get(f"/holiday-calendars/{calendar['id']}"), 404, "not_found")
    refused(api_client.delete(f"/holiday-calendars/{calendar['id']}"), 404, "not_found")
    assert told(make.organization)[-1] == ("holiday_calendar.deleted", ["holidayCalendarId"])


@pytest.mark.parametrize("place", [True, False])
def test_the_same_holidays_are_kept_once(api_client: Api, make: Maker, place: bool) -> None:
    body = {"country": "DE", "region": "BY", "location": str(make.location().id) if place else None}
    assert api_client.post("/holiday-calendars", body).status_code == 201
    refused(api_client.post("/holiday-calendars", body), 409, "holiday_calendar_exists", "country")
    assert api_client.post("/holiday-calendars", body | {"region": ""}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"),
        ("country", "de"),
        ("country", "DEU"),
        ("country", ""),
        ("country", None),
        ("country", 49),
        ("region", "XX"),
        ("region", "DE-BY"),
        ("region", "by"),
        ("region", "Stadt Zurich"),
        ("region", None),
    ],
)
def test_holidays_that_do_not_exist(api_client: Api, field: str, value: Any) -> None:
    found = api_client.post("/holiday-calendars", BAVARIA | {field: value}).json()
    assert found["status"] == 400
    assert {fault["field"] for fault in found["errors"]} == {field}
    assert api_client.get("/holiday-calendars").json()["results"] == []
