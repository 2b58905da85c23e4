"""Working hours and time off over HTTP."""

from typing import Any

import pytest

from tests.factories import hour
from tests.fixtures import Maker
from tests.rest import Api, refused

ALWAYS: dict[str, Any] = {"location": None, "valid_from": None, "valid_to": None}
HOURS: dict[str, Any] = {
    "timezone": "Europe/Berlin",
    "weekly": [
        {"weekday": 0, "start": "09:00", "end": "12:30", **ALWAYS},
        {"weekday": 0, "start": "13:30", "end": "24:00", **ALWAYS},
        {"weekday": 5, "start": "22:00", "end": "02:00", **ALWAYS},
    ],
    "overrides": [
        {"date": "2026-12-24", "ranges": [["09:00", "12:00"]], "location": None},
        {"date": "2026-12-25", "ranges": [], "location": None},
    ],
}
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.fixture
def path(make: Maker) -> str:
    return f"/professionals/{make.professional().id}"


def test_office_hours_come_first_and_are_replaced_as_a_whole(api_client: Api, path: str) -> None:
    office = api_client.get(f"{path}/working-hours").json()
    assert office == {
        "timezone": "UTC",
        "weekly": [{"weekday": day, "start": "09:00", "end": "17:00", **ALWAYS} for day in range(5)],
        "overrides": [],
    }
    replaced = api_client.put(f"{path}/working-hours", HOURS)
    assert (replaced.status_code, replaced.json()) == (200, HOURS)
    assert api_client.get(f"{path}/working-hours").json() == HOURS
    assert api_client.get(path).json()["timezone"] == "Europe/Berlin"
    nothing = {"timezone": "UTC", "weekly": []}
    assert api_client.put(f"{path}/working-hours", nothing).json() == nothing | {"overrides": []}


def window(**changed: Any) -> dict[str, Any]:
    return HOURS | {"weekly": [{"weekday": 0, "start": "09:00", "end": "17:00"} | changed]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (window(weekday=7), "weekly.0.weekday"),
        (window(weekday="0"), "weekly.0.weekday"),
        (window(start="24:00"), "weekly.0.start"),
        (window(start="9:00"), "weekly.0.start"),
        (window(end="24:01"), "weekly.0.end"),
        (window(end=None), "weekly.0.end"),
        (window(note="x"), "weekly.0.note"),
        (window(location="here"), "weekly.0.location"),
        (window(valid_from="2026-02-30"), "weekly.0.valid_from"),
        (window(valid_to="9999-12-31"), "weekly.0.valid_to"),
        (window(valid_from="2026-03-01", valid_to="2026-02-28"), "weekly.0.valid_to"),
        (HOURS | {"weekly": None}, "weekly"),
        (HOURS | {"weekly": {}}, "weekly"),
        (HOURS | {"weekly": [[]]}, "weekly.0"),
        (HOURS | {"weekly": HOURS["weekly"][:1] * 51}, "weekly"),
        (HOURS | {"timezone": "Mars/Phobos"}, "timezone"),
        (HOURS | {"overrides": [{"date": "2026-02-30", "ranges": []}]}, "overrides.0.date"),
        (HOURS | {"overrides": [{"date": "2026-12-24"}]}, "overrides.0.ranges"),
        (HOURS | {"overrides": [{"date": "2026-12-24", "ranges": [["09:00"]]}]}, "overrides.0.ranges.0"),
        (HOURS | {"overrides": [{"date": "2026-12-24", "ranges": [["09:00", 12]]}]}, "overrides.0.ranges.0"),
        (HOURS | {"overrides": [{"date": "2026-12-24", "ranges": []}] * 2}, "overrides"),
        ({"weekly": []}, "timezone"),
    ],
)
def test_hours_of_the_wrong_shape_change_nothing(api_client: Api, path: str, body: Any, field: str) -> None:
    refused(api_client.put(f"{path}/working-hours", body), 400, "validation_error", field)
    assert api_client.get(f"{path}/working-hours").json()["timezone"] == "UTC"


def test_hours_of_nobody(api_client: Api) -> None:
    refused(api_client.get(f"/professionals/{MISSING}/working-hours"), 404, "not_found")
    refused(api_client.put(f"/professionals/{MISSING}/working-hours", HOURS), 404, "not_found")


def test_time_off_works(api_client: Api, path: str) -> None:
    body = {"starts_at": hour(10).isoformat(), "ends_at": hour(12).isoformat(), "reason": "Dentist", "external_id": "7"}
    created = api_client.post(f"{path}/time-off", body)
    assert created.status_code == 201
    period = created.json()
    assert {name: period[name] for name in body} == body
    assert api_client.follow(created.headers["Location"]).json() == period
    assert api_client.get(f"{path}/time-off").json()["results"] == [period]
    assert api_client.delete(f"{path}/time-off/{period['id']}").status_code == 204
    refused(api_client.delete(f"{path}/time-off/{period['id']}"), 404, "not_found")
    assert api_client.get(f"{path}/time-off").json()["results"] == []


def test_time_off_of_another_professional_is_not_found_here(api_client: Api, make: Maker, path: str) -> None:
    period = make.time_off()
    refused(api_client.get(f"{path}/time-off/{period.id}"), 404, "not_found")
    refused(api_client.delete(f"{path}/time-off/{period.id}"), 404, "not_found")
    assert api_client.get(f"/professionals/{period.professional_id}/time-off/{period.id}").status_code == 200


def test_time_off_of_nobody(api_client: Api) -> None:
    body = {"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T12:00:00Z"}
    refused(api_client.post(f"/professionals/{MISSING}/time-off", body), 404, "not_found")
    refused(api_client.get(f"/professionals/{MISSING}/time-off"), 404, "not_found")
