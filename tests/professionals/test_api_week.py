"""Where and from when to when a weekly window holds, over HTTP, and windows that overlap."""

from typing import Any

import pytest

from authspine.kernel.ids import new_id
from tests.fixtures import Maker
from tests.rest import Api, refused


@pytest.fixture
def path(make: Maker) -> str:
    return f"/professionals/{make.professional().id}/working-hours"


def window(weekday: int, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {
        "weekday": weekday,
        "start": start,
        "end": end,
        "location": None,
        "valid_from": None,
        "valid_to": None,
    } | more


def week(*weekly: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timezone": "UTC", "weekly": list(weekly), "overrides": []} | more


def test_a_window_has_a_place_and_a_time(api_client: Api, make: Maker, path: str) -> None:
    place = str(make.location().id)
    hours = week(
        window(0, "09:00", "12:00", location=place, valid_to="2026-06-30"),
        window(0, "10:00", "14:00", valid_from="2026-07-01", valid_to="2026-07-01"),
        overrides=[{"date": "2026-12-24", "ranges": [["09:00", "12:00"]], "location": place}],
    )
    replaced = api_client.put(path, hours)
    assert (replaced.status_code, replaced.json()) == (200, hours)
    assert api_client.get(path).json() == hours


@pytest.mark.parametrize("field", ["weekly.1.location", "overrides.0.location"])
def test_a_place_that_does_not_exist_is_named(api_client: Api, make: Maker, path: str, field: str) -> None:
    known, unknown = str(make.location().id), str(new_id())
    hours = week(
        window(0, "09:00", "12:00", location=known),
        window(1, "09:00", "12:00", location=unknown if "weekly" in field else known),
        overrides=[{"date": "2026-12-24", "ranges": [], "location": unknown if "overrides" in field else known}],
    )
    before = api_client.get(path).json()
    refused(api_client.put(path, hours), 404, "not_found", field)
    assert api_client.get(path).json() == before


@pytest.mark.parametrize(
    "weekly",
    [
        [window(0, "09:00", "12:00"), window(0, "11:59", "13:00")],
        [window(0, "09:00", "12:00"), window(0, "09:00", "12:00")],
        [window(0, "10:00", "11:00"), window(0, "09:00", "12:00")],
        [window(0, "22:00", "02:00"), window(1, "01:59", "05:00")],
        [window(0, "00:30", "05:00"), window(6, "20:00", "01:00")],
        [window(0, "09:00", "09:00"), window(1, "08:59", "10:00")],
        [window(0, "09:00", "12:00", valid_to="2026-06-30"), window(0, "11:00", "13:00", valid_from="2026-06-30")],
        [window(0, "09:00", "12:00"), window(0, "11:00", "13:00", valid_from="2026-07-01", valid_to="2026-07-31")],
        # Past midnight into the first date on which the other holds.
        [window(0, "22:00", "02:00", valid_to="2026-06-01"), window(1, "01:00", "05:00", valid_from="2026-06-02")],
    ],
)
def test_windows_that_overlap_are_refused(api_client: Api, path: str, weekly: list[dict[str, Any]]) -> None:
    before = api_client.get(path).json()
    for order in (weekly, weekly[::-1]):
        found = refused(api_client.put(path, week(*order)), 400, "overlap", "weekly.1")
        assert found["errors"][0]["code"] == "overlap"
    assert api_client.get(path).json() == before


@pytest.mark.parametrize(
    "weekly",
    [
        [window(0, "09:00", "12:00"), window(0, "12:00", "13:00")],
        [window(0, "22:00", "02:00"), window(1, "02:00", "05:00")],
        [window(0, "02:00", "05:00"), window(6, "22:00", "02:00")],
        [window(day, "00:00", "24:00") for day in range(7)],
        [window(day, "09:00", "09:00") for day in range(7)],
        [window(0, "09:00", "12:00", valid_to="2026-06-30"), window(0, "11:00", "13:00", valid_from="2026-07-01")],
        [window(0, "22:00", "02:00", valid_to="2026-06-01"), window(1, "01:00", "05:00", valid_from="2026-06-03")],
        [window(0, "22:00", "02:00", valid_from="2026-06-02"), window(1, "01:00", "05:00", valid_to="2026-06-02")],
        [window(0, "09:00", "12:00"), window(2, "09:00", "12:00")],
    ],
)
def test_windows_that_touch_or_never_meet_are_taken(api_client: Api, path: str, weekly: list[dict[str, Any]]) -> None:
    for order in (weekly, weekly[::-1]):
        assert api_client.put(path, week(*order)).status_code == 200


@pytest.mark.parametrize(
    ("ranges", "taken"),
    [
        ([["09:00", "12:00"], ["12:00", "13:00"]], True),
        ([["22:00", "02:00"], ["01:00", "03:00"]], True),  # the second is the early morning before
        ([["09:00", "12:00"], ["11:59", "13:00"]], False),
        ([["22:00", "02:00"], ["23:00", "24:00"]], False),
        ([["09:00", "09:00"], ["23:00", "24:00"]], False),
    ],
)
def test_ranges_of_a_date_do_not_overlap(api_client: Api, path: str, ranges: Any, taken: bool) -> None:
    fine = {"date": "2026-12-23", "ranges": [["09:00", "12:00"]]}
    response = api_client.put(path, week(overrides=[fine, {"date": "2026-12-24", "ranges": ranges}]))
    if taken:
        assert response.status_code == 200
    else:
        refused(response, 400, "overlap", "overrides.1.ranges.1")
