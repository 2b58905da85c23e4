"""`/resources` and their downtime: it works; then one test per way to fail."""

from datetime import timedelta
from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Occupancy
from tests.admin.office import rows
from tests.factories import hour
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
ROOM: dict[str, Any] = {
    "name": "Room 1",
    "kind": "room",
    "timezone": "Europe/Berlin",
    "hours": [
        {"weekday": 0, "start": "09:00", "end": "12:30"},
        {"weekday": 0, "start": "12:30", "end": "24:00"},
        {"weekday": 6, "start": "22:00", "end": "02:00"},
    ],
    "active": True,
    "metadata": {"floor": 2},
    "external_id": "room-1",
}


def events(make: Maker) -> list[tuple[str, Any]]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(event.type, event.data.get("fields")) for event in found if event.type.startswith("resource.")]


def test_it_works(api_client: Api, make: Maker) -> None:
    created = api_client.post("/resources", ROOM)
    assert created.status_code == 201
    room = created.json()
    assert {name: room[name] for name in ROOM} == ROOM
    assert set(room) == {*ROOM, "id", "created_at", "updated_at"}
    path = f"/resources/{room['id']}"
    assert api_client.follow(created.headers["Location"]).json() == room
    changed = api_client.patch(path, {"name": "Room 2", "active": False}).json()
    assert (changed["name"], changed["active"], changed["hours"]) == ("Room 2", False, ROOM["hours"])
    assert api_client.patch(path, {"hours": []}).json()["hours"] == []
    assert api_client.delete(path).status_code == 204
    refused(api_client.get(path), 404, "not_found")
    assert events(make) == [
        ("resource.created", None),
        ("resource.updated", ["active", "name"]),
        ("resource.updated", ["hours"]),
        ("resource.deleted", None),
    ]


def test_what_is_left_out_has_a_default() -> None:
    room = caller(new_organization(timezone="Asia/Tokyo")).post("/resources", {"name": "Laser"}).json()
    expected = {"kind": "", "timezone": "Asia/Tokyo", "hours": [], "active": True, "metadata": {}, "external_id": None}
    assert {name: room[name] for name in expected} == expected


def window(**changed: Any) -> dict[str, Any]:
    return {"hours": [{"weekday": 0, "start": "09:00", "end": "17:00"} | changed]}


def pair(one: tuple[int, str, str], other: tuple[int, str, str]) -> dict[str, Any]:
    return {"hours": [{"weekday": day, "start": start, "end": end} for day, start, end in (one, other)]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"kind": "x" * 51}, "kind"),
        ({"timezone": "Mars/Phobos"}, "timezone"),
        ({"active": 1}, "active"),
        ({"metadata": []}, "metadata"),
        ({"seats": 4}, "seats"),
        ({"hours": None}, "hours"),
        ({"hours": {}}, "hours"),
        ({"hours": [[0, 540, 1020]]}, "hours.0"),
        ({"hours": [{"weekday": 0, "start": "09:00"}]}, "hours.0.end"),
        ({"hours": window()["hours"] * 51}, "hours"),
        (window(weekday=7), "hours.0.weekday"),
        (window(start="24:00"), "hours.0.start"),
        (window(end="24:01"), "hours.0.end"),
        (window(note="x"), "hours.0.note"),
        (pair((0, "09:00", "12:00"), (0, "11:59", "13:00")), "hours"),
        (pair((6, "22:00", "02:00"), (0, "01:00", "03:00")), "hours"),
    ],
)
def test_a_field_of_the_wrong_shape_stores_nothing(
    api_client: Api, make: Maker, change: dict[str, Any], field: str
) -> None:
    refused(api_client.post("/resources", {"name": "Room"} | change), 400, "validation_error", field)
    assert api_client.get("/resources").json()["results"] == []
    room = make.resource()
    refused(api_client.patch(f"/resources/{room.id}", change), 400, "validation_error", field)
    assert events(make) == [("resource.created", None)]


def test_filters(api_client: Api, make: Maker) -> None:
    make.resource(name="Old room", kind="room", active=False)
    make.resource(name="Room", kind="room")
    make.resource(name="Laser", kind="equipment")

    def found(**query: str) -> list[str]:
        return [row["name"] for row in api_client.get("/resources", **query).json()["results"]]

    assert found() == ["Laser", "Room", "Old room"]
    assert found(kind="room") == ["Room", "Old room"]
    assert found(kind="room", active="true") == ["Room"]
    assert found(active="false") == ["Old room"]
    refused(api_client.get("/resources", active="1"), 400, "validation_error", "active")


def test_what_a_service_takes_becomes_inactive(api_client: Api, make: Maker) -> None:
    room, service = make.resource(), make.service()
    taken = {"requirements": [{"resources": [str(room.id)]}]}
    assert api_client.put(f"/services/{service.id}/requirements", taken).status_code == 200
    for _ in range(2):
        assert api_client.delete(f"/resources/{room.id}").status_code == 204
        assert api_client.get(f"/resources/{room.id}").json()["active"] is False
    assert [type for type, _ in events(make)] == ["resource.created", "resource.deleted"]


def test_what_a_booking_occupies_becomes_inactive(api_client: Api, make: Maker) -> None:
    room, booking = make.resource(), make.booking()
    with organization_scope(make.organization, SYSTEM):
        Occupancy.objects.create(
            session=booking.session, subject=room.id, starts_at=hour(10), ends_at=hour(10) + timedelta(hours=1)
        )
    assert api_client.delete(f"/resources/{room.id}").status_code == 204
    assert api_client.get(f"/resources/{room.id}").json()["active"] is False


def test_downtime_goes_with_its_resource(api_client: Api, make: Maker) -> None:
    period = make.downtime()
    assert api_client.delete(f"/resources/{period.resource_id}").status_code == 204
    refused(api_client.get(f"/resources/{period.resource_id}/downtime"), 404, "not_found")


def test_one_that_does_not_exist(api_client: Api) -> None:
    refused(api_client.get(f"/resources/{MISSING}"), 404, "not_found")
    refused(api_client.patch(f"/resources/{MISSING}", {"name": "A"}), 404, "not_found")
    refused(api_client.delete(f"/resources/{MISSING}"), 404, "not_found")


def test_downtime_works(api_client: Api, make: Maker) -> None:
    path = f"/resources/{make.resource().id}/downtime"
    body = {"starts_at": hour(10).isoformat(), "ends_at": hour(12).isoformat(), "reason": "Repair", "external_id": "7"}
    created = api_client.post(path, body)
    assert created.status_code == 201
    period = created.json()
    assert {name: period[name] for name in body} == body
    assert api_client.follow(created.headers["Location"]).json() == period
    assert api_client.get(path).json()["results"] == [period]
    assert api_client.delete(f"{path}/{period['id']}").status_code == 204
    refused(api_client.delete(f"{path}/{period['id']}"), 404, "not_found")
    assert events(make)[1:] == [("resource.updated", ["downtime"])] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": hour(10).isoformat()}, "ends_at"),
        ({"ends_at": "2026-12-01T10:00:00"}, "ends_at"),
        ({"ends_at": "9999-12-31T23:59:59Z"}, "ends_at"),
        ({"starts_at": None}, "starts_at"),
        ({"reason": "x" * 201}, "reason"),
        ({"who": "x"}, "who"),
    ],
)
def test_downtime_of_the_wrong_shape(api_client: Api, make: Maker, change: dict[str, Any], field: str) -> None:
    path = f"/resources/{make.resource().id}/downtime"
    body = {"starts_at": hour(10).isoformat(), "ends_at": hour(12).isoformat()} | change
    refused(api_client.post(path, body), 400, "validation_error", field)
    assert api_client.get(path).json()["results"] == []


def test_downtime_of_another_resource_is_not_found_here(api_client: Api, make: Maker) -> None:
    period, other = make.downtime(), make.resource()
    refused(api_client.get(f"/resources/{other.id}/downtime/{period.id}"), 404, "not_found")
    refused(api_client.delete(f"/resources/{other.id}/downtime/{period.id}"), 404, "not_found")
    assert api_client.get(f"/resources/{period.resource_id}/downtime/{period.id}").status_code == 200
