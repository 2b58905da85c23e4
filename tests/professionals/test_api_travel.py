"""`/professionals/{id}/travel`: it works; then one test per way to fail."""

import threading
from typing import Any

import pytest
from django.db import connection

from tests.fixtures import Maker
from tests.rest import Api, refused

ROAD: dict[str, Any] = {
    "timezone": "America/New_York", "starts_on": "2027-03-01", "ends_on": "2027-03-10", "external_id": "t1"
}  # fmt: skip
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.fixture
def path(make: Maker) -> str:
    return f"/professionals/{make.professional().id}/travel"


def test_it_works(api_client: Api, path: str) -> None:
    created = api_client.post(path, ROAD)
    assert created.status_code == 201
    period = created.json()
    assert {name: period[name] for name in ROAD} == ROAD
    assert set(period) == {*ROAD, "id", "created_at", "updated_at"}
    assert api_client.follow(created.headers["Location"]).json() == period
    assert api_client.get(path).json()["results"] == [period]
    assert api_client.delete(f"{path}/{period['id']}").status_code == 204
    refused(api_client.delete(f"{path}/{period['id']}"), 404, "not_found")
    refused(api_client.get(f"{path}/{period['id']}"), 404, "not_found")
    events = api_client.get("/analytics/events", event_type="professional.updated").json()["results"]
    assert [event["data"]["fields"] for event in events] == [["travel"]] * 2


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [("2027-03-01", "2027-03-10"), ("2027-03-10", "2027-03-12"), ("2027-02-01", "2027-03-01"), ("2027-03-05",) * 2],
)
def test_on_one_date_there_is_one_clock(api_client: Api, path: str, starts_on: str, ends_on: str) -> None:
    assert api_client.post(path, ROAD).status_code == 201
    second = {"timezone": "Asia/Tokyo", "starts_on": starts_on, "ends_on": ends_on}
    refused(api_client.post(path, second), 409, "travel_overlap", "starts_on")
    assert len(api_client.get(path).json()["results"]) == 1


def test_the_next_day_and_somebody_else_are_free(api_client: Api, make: Maker, path: str) -> None:
    assert api_client.post(path, ROAD).status_code == 201
    following = {"timezone": "Asia/Tokyo", "starts_on": "2027-03-11", "ends_on": "2027-03-11"}
    assert api_client.post(path, following).status_code == 201
    other = f"/professionals/{make.professional().id}/travel"
    assert api_client.post(other, ROAD | {"external_id": None}).status_code == 201


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"timezone": "Mars/Phobos"}, "timezone", "unknown_zone"),
        ({"ends_on": "2027-02-28"}, "ends_on", "order"),
        ({"ends_on": "2037-03-08"}, "ends_on", "range_too_long"),
        ({"ends_on": "9999-12-31"}, "ends_on", "out_of_range"),
        ({"starts_on": "1969-12-31"}, "starts_on", "out_of_range"),
        ({"starts_on": None}, "starts_on", "null"),
        ({"starts_on": "2027-03-01T00:00:00Z"}, "starts_on", "invalid_date"),
    ],
)
def test_travel_of_the_wrong_shape(api_client: Api, path: str, changed: Any, field: str, code: str) -> None:
    found = api_client.post(path, ROAD | changed).json()
    assert found["status"] == 400
    assert [(fault["field"], fault["code"]) for fault in found["errors"]] == [(field, code)]
    assert api_client.get(path).json()["results"] == []


def test_the_longest_travel(api_client: Api, path: str) -> None:
    assert api_client.post(path, ROAD | {"ends_on": "2037-03-07"}).status_code == 201


def test_travel_of_nobody_and_of_another(api_client: Api, make: Maker, path: str) -> None:
    period = api_client.post(path, ROAD).json()["id"]
    other = f"/professionals/{make.professional().id}/travel"
    refused(api_client.get(f"{other}/{period}"), 404, "not_found")
    refused(api_client.delete(f"{other}/{period}"), 404, "not_found")
    refused(api_client.get(f"/professionals/{MISSING}/travel"), 404, "not_found")
    refused(api_client.post(f"/professionals/{MISSING}/travel", ROAD), 404, "not_found")


def test_of_eight_at_once_one_travels(api_client: Api, path: str) -> None:
    start, answers = threading.Barrier(8), []

    def go() -> None:
        start.wait(20)
        try:
            answers.append(api_client.post(path, ROAD | {"external_id": None}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] + [409] * 7


def test_a_professional_is_deleted_with_the_travel(api_client: Api, path: str) -> None:
    assert api_client.post(path, ROAD).status_code == 201
    professional = path.removesuffix("/travel")
    assert api_client.delete(professional).status_code == 204
    refused(api_client.get(professional), 404, "not_found")
