"""What the engine is told wrongly over HTTP, body by body: a 400 that names the field, and nothing of it is stored.

Of questions about times see tests/bookings/test_api_availability.py; of names, texts and shapes test_bad_input.py.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from authspine.identity.models import Organization
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, refused

A_WEEK = 7 * 24 * 60
GAP, OVERLAP = "2027-03-28T02:30:00", "2027-10-31T02:30:00"  # of Berlin's clock; there is no offset to tell
LATE = "9999-12-31T23:59:59Z"
DAWN, NOON = "2027-06-01T06:00:00Z", "2027-06-01T12:00:00Z"
LISTS = ["/services", "/professionals", "/resources", "/locations", "/closures", "/holiday-calendars", "/bookings"]
OF_ONE = ["{professional}/working-hours", "{professional}/time-off", "{professional}/travel"]
OF_THE_REST = ["{resource}/downtime", "{service}/offers", "{service}/requirements"]


@pytest.fixture(scope="module")
def organization() -> Organization:
    return new_organization()


@pytest.fixture(scope="module")
def api_client(organization: Organization) -> Api:
    return caller(organization)


@pytest.fixture(scope="module")
def rows(organization: Organization) -> dict[str, str]:
    """The addresses of one of each."""
    make = Maker(organization)
    booking = make.booking()
    return {
        "booking": f"/bookings/{booking.id}",
        "service": f"/services/{booking.session.service_id}",
        "professional": f"/professionals/{booking.session.professional_id}",
        "resource": f"/resources/{make.resource().id}",
        "location": f"/locations/{make.location().id}",
    }


def everything(api_client: Api, rows: dict[str, str]) -> list[Any]:
    paths = LISTS + [path.format(**rows) for path in OF_ONE + OF_THE_REST]
    return [api_client.get(path).json() for path in paths]


@pytest.fixture(autouse=True)
def _nothing_is_stored(api_client: Api, rows: dict[str, str]) -> Iterator[None]:
    before = everything(api_client, rows)
    yield
    assert everything(api_client, rows) == before


def hours(*ranges: tuple[str, str]) -> dict[str, Any]:
    return {"timezone": "UTC", "weekly": [{"weekday": 0, "start": start, "end": end} for start, end in ranges]}


def service(**told: Any) -> dict[str, Any]:
    return {"name": "Cut", "duration_minutes": 60, "price": {"amount_cents": 1, "currency": "USD"}} | told


ZONE, REGION = "Mars/Phobos", {"country": "DE", "region": "XX"}
EMPTY = {"starts_at": NOON, "ends_at": NOON}
BACKWARDS = {"starts_at": NOON, "ends_at": DAWN}


@pytest.mark.parametrize(
    ("request_line", "body", "field"),
    [
        ("POST /locations", {"name": "L", "timezone": ZONE}, "timezone"),
        ("POST /professionals", {"email": "a@b.de", "name": "A", "vertical": "beauty", "timezone": ZONE}, "timezone"),
        ("POST /resources", {"name": "R", "timezone": ZONE}, "timezone"),
        ("PUT {professional}/working-hours", hours() | {"timezone": ZONE}, "timezone"),
        *(
            (
                f"POST {{professional}}/{path}",
                {"timezone": zone, "starts_on": "2027-06-01", "ends_on": "2027-06-02"},
                "timezone",
            )
            for path, zone in [("travel", ZONE), ("travel", ""), ("travel", "localtime")]
        ),
        *(("POST {booking}/reschedule", {"starts_at": at}, "starts_at") for at in (GAP, OVERLAP, LATE, "02:30")),
        *(
            (f"POST {path}", {"starts_at": at, "ends_at": NOON}, "starts_at")
            for path in ("{professional}/time-off", "{resource}/downtime")
            for at in (GAP, OVERLAP, LATE)
        ),
        *(
            (f"POST {path}", body, "ends_at")
            for path in ("{professional}/time-off", "{resource}/downtime")
            for body in (EMPTY, BACKWARDS, {"starts_at": NOON, "ends_at": LATE})
        ),
        ("POST {professional}/cancel-day", {"date": "9999-12-31"}, "date"),
        ("POST {professional}/cancel-day", {"date": "2027-02-29"}, "date"),
        ("POST {professional}/cancel-day", {"date": "2027-06-01T00:00:00Z"}, "date"),
        ("POST {professional}/cancel-day", {"date": "2027-06-01", "reason": "x" * 501}, "reason"),
        ("POST /closures", {"starts_on": "2027-06-02", "ends_on": "2027-06-01"}, "ends_on"),
        ("POST /closures", {"starts_on": "2027-06-02", "ends_on": "9999-12-31"}, "ends_on"),
        ("POST /holiday-calendars", REGION, "region"),
        ("POST /holiday-calendars", {"country": "XX"}, "country"),
        *(("PATCH {service}", {"capacity": value}, "capacity") for value in (0, -1, 1001, "1", 1.5, None)),
        *(
            ("PATCH {service}", {name: value}, name)
            for name in ("buffer_before_minutes", "buffer_after_minutes")
            for value in (A_WEEK, -1)
        ),
        ("POST /services", service(capacity=0), "capacity"),
        ("POST /services", service(buffer_before_minutes=A_WEEK), "buffer_before_minutes"),
        ("PATCH {service}", {"bookable_to": "9999-12-31"}, "bookable_to"),
        ("PATCH {service}", {"bookable_from": "2027-06-02", "bookable_to": "2027-06-01"}, "bookable_to"),
        ("PATCH {service}", {"policy": {"approval_minutes": 0}}, "policy.approval_minutes"),
        ("PATCH {service}", {"policy": {"cancellation_fee_bps": 10_001}}, "policy.cancellation_fee_bps"),
        ("PUT {service}/offers/{id}", {"duration_minutes": 0}, "duration_minutes"),
        ("PUT {service}/offers/{id}", {"duration_minutes": A_WEEK}, "duration_minutes"),
        ("PUT {service}/requirements", {"requirements": [{"resources": []}]}, "requirements.0.resources"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", str(value))[:50],
)
def test_what_makes_no_sense_is_named(
    api_client: Api, rows: dict[str, str], request_line: str, body: dict[str, Any], field: str
) -> None:
    method, path = request_line.format(**rows, id=rows["professional"].rpartition("/")[2]).split(" ")
    if path == "/services":
        body = body | {"professional": rows["professional"].rpartition("/")[2]}
    refused(api_client.send(method, path, body), 400, "validation_error", field)


@pytest.mark.parametrize(
    "weekly",
    [[("09:00", "12:00"), ("11:59", "13:00")], [("09:00", "12:00")] * 2, [("22:00", "02:00"), ("23:00", "24:00")]],
)
def test_windows_do_not_overlap(api_client: Api, rows: dict[str, str], weekly: list[tuple[str, str]]) -> None:
    answer = api_client.put(f"{rows['professional']}/working-hours", hours(*weekly))
    assert answer.status_code in (400, 409)
    assert answer.json()["errors"][0]["field"].startswith("weekly")


@pytest.mark.parametrize(("start", "end"), [("24:00", "24:00"), ("12:00", "25:00"), ("12:00", "9:00"), ("12:00", None)])
def test_hours_of_a_resource_are_times_of_a_clock(api_client: Api, rows: dict[str, str], start: str, end: str) -> None:
    """An end at or before its start lies on the next date, as in a professional's week."""
    answer = api_client.patch(rows["resource"], {"hours": [{"weekday": 0, "start": start, "end": end}]})
    assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[0]) == (400, "hours")


@pytest.mark.parametrize("at", [GAP, OVERLAP, LATE, "", "now"])
def test_a_policy_is_asked_at_an_instant(api_client: Api, rows: dict[str, str], at: str) -> None:
    refused(api_client.get(f"{rows['booking']}/policy", at=at), 400, "validation_error", "at")
