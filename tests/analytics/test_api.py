"""Analytics over HTTP."""

import csv
import io
import json
import uuid
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.analytics.events import event
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, content, refused

OPENED = {"type": "newsletter.opened"}
ANA, BEN = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


@pytest.fixture
def told(organization: Organization) -> None:
    """Five events of three days of November 2026, by two people and nobody."""
    with organization_scope(organization, SYSTEM):
        seen, bought = "page.seen", "page.bought"
        for type, day, user in ((seen, 1, ANA), (seen, 2, ANA), (seen, 2, BEN), (bought, 2, ANA), (seen, 3, None)):
            event(type, f"2026-11-0{day}T12:00:00+00:00", user=uuid.UUID(user) if user else None, session_id=f"s{day}")


def test_a_custom_event_is_tracked(api_client: Api, make: Maker) -> None:
    client = make.client()
    sent = OPENED | {
        "timestamp": "2026-11-01T10:00:00+01:00",
        "user": str(client.id),
        "session_id": "s",
        "data": {"n": 1},
    }
    made = api_client.post("/analytics/events", sent)
    assert made.status_code == 201
    found = api_client.follow(made.headers["Location"]).json()
    assert found == made.json()
    assert found == found | sent | {"timestamp": "2026-11-01T09:00:00+00:00", "external_id": None}


def test_what_cannot_be_tracked(api_client: Api, reader: Api) -> None:
    refused(api_client.post("/analytics/events", {"type": "booking.created"}), 400, "reserved_type", "type")
    refused(api_client.post("/analytics/events", {"type": "Shouting"}), 400, "invalid_type", "type")
    refused(api_client.post("/analytics/events", {}), 400, "validation_error", "type")
    refused(api_client.post("/analytics/events", OPENED | {"user": ANA}), 404, "not_found", "user")
    naive = OPENED | {"timestamp": "2026-11-01"}
    refused(api_client.post("/analytics/events", naive), 400, "validation_error", "timestamp")
    refused(api_client.post("/analytics/events", OPENED | {"data": [1]}), 400, "validation_error", "data")
    refused(api_client.post("/analytics/events", OPENED | {"actor": "me"}), 400, "validation_error", "actor")
    refused(reader.post("/analytics/events", OPENED), 403, "permission_denied")
    taken = OPENED | {"external_id": "mine"}
    assert api_client.post("/analytics/events", taken).status_code == 201
    refused(api_client.post("/analytics/events", taken), 409, "conflict", "external_id")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 5),
        ({"event_type": "page.seen"}, 4),
        ({"user": ANA}, 3),
        ({"user": ANA, "event_type": "page.seen"}, 2),
        ({"session_id": "s2"}, 3),
        ({"start": "2026-11-02T12:00:00Z"}, 4),
        ({"end": "2026-11-02T12:00:00Z"}, 1),
        ({"start": "2026-11-02T12:00:00Z", "end": "2026-11-03T12:00:00Z", "user": BEN}, 1),
        ({"start": "2026-11-03T12:00:00Z", "end": "2026-11-01T12:00:00Z"}, 0),
    ],
)
def test_filters_really_filter(reader: Api, asked: dict[str, str], count: int) -> None:
    """The list, the report and both exports agree."""
    listed = reader.get("/analytics/events", **asked).json()["results"]
    report = reader.get("/analytics", **asked).json()
    exported = [json.loads(content(reader.get("/analytics/export", format="json", **asked)))]
    exported.append(
        list(csv.DictReader(io.StringIO(content(reader.get("/analytics/export", format="csv", **asked)).decode())))
    )
    counts = [report["total_events"], *(len(found) for found in (listed, *exported))]
    own = 0 if {"event_type", "user", "session_id", "end"} & asked.keys() else 1  # platform.initialized, of today
    assert counts == [count + own] * 4


@pytest.mark.usefixtures("told")
def test_the_report(reader: Api) -> None:
    asked: dict[str, Any] = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-04T00:00:00Z", "bucket": "week"}
    report = reader.get("/analytics", by_user="true", **asked).json()
    assert report == {
        "start": "2026-11-01T00:00:00+00:00",
        "end": "2026-11-04T00:00:00+00:00",
        "timezone": "UTC",
        "bucket": "week",
        "total_events": 5,
        "active_users": 2,
        "by_type": {"page.bought": 1, "page.seen": 4},
        "series": [
            {"bucket_start": "2026-10-26T00:00:00+00:00", "type": "page.seen", "count": 1},
            {"bucket_start": "2026-11-02T00:00:00+00:00", "type": "page.bought", "count": 1},
            {"bucket_start": "2026-11-02T00:00:00+00:00", "type": "page.seen", "count": 3},
        ],
        "by_user": {"next": None, "results": [{"user": ANA, "count": 3}, {"user": BEN, "count": 1}]},
    }
    first = reader.get("/analytics", by_user="true", limit="1", **asked).json()["by_user"]
    assert first["results"] == [{"user": ANA, "count": 3}]
    second = reader.follow(first["next"]).json()["by_user"]
    assert second == {"next": None, "results": [{"user": BEN, "count": 1}]}
    assert "by_user" not in reader.get("/analytics", **asked).json()
    assert (
        reader.http.get("/api/platform/analytics?event_type=page.bought&event_type=page.seen").json()["total_events"]
        == 5
    )


@pytest.mark.parametrize(
    "asked",
    [{"bucket": "year"}, {"start": "yesterday"}, {"user": "me"}, {"by_user": "yes"}, {"limit": "0"}, {"limit": "201"},
     {"limit": "ten"}, {"limit": ""}, {"limit": "9" * 400},
     {"cursor": "x"}, {"no_such": "1"}],
)  # fmt: skip
def test_a_report_is_asked_for_properly(reader: Api, asked: dict[str, str]) -> None:
    refused(reader.get("/analytics", **asked), 400, "validation_error", *asked)


@pytest.mark.usefixtures("told")
def test_conversion(reader: Api) -> None:
    asked = {"from_type": "page.seen", "to_type": "page.bought"}
    assert reader.get("/analytics/conversion", **asked).json() == {"entered": 2, "converted": 1, "rate": 0.5}
    assert reader.get("/analytics/conversion", **asked, end="2026-11-01T00:00:00Z").json()["rate"] == 0
    refused(reader.get("/analytics/conversion", from_type="page.seen"), 400, "validation_error", "to_type")


def test_an_export_is_a_file(reader: Api, organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        event("page.seen", "2026-11-01T12:00:00+00:00", session_id="=cmd()", text='a,"b"\né')
    exported = reader.get("/analytics/export", format="csv", event_type="page.seen")
    assert exported.streaming
    assert exported.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert exported.headers["Content-Disposition"] == 'attachment; filename="events.csv"'
    [row] = csv.DictReader(io.StringIO(content(exported).decode(), newline=""))
    assert (row["type"], row["timestamp"]) == ("page.seen", "2026-11-01T12:00:00+00:00")
    assert (row["user"], row["session_id"]) == ("", "'=cmd()")
    assert json.loads(row["data"]) == {"text": 'a,"b"\né'}
    refused(reader.get("/analytics/export"), 400, "validation_error", "format")
    refused(reader.get("/analytics/export", format="xml"), 400, "validation_error", "format")


@pytest.mark.usefixtures("told")
def test_others_events_are_not_counted(stranger: Api) -> None:
    report = stranger.get("/analytics", by_user="true").json()
    assert (report["total_events"], report["active_users"]) == (1, 0)
    assert stranger.get("/analytics/conversion", from_type="page.seen", to_type="page.seen").json()["entered"] == 0
    assert b"page.seen" not in content(stranger.get("/analytics/export", format="csv"))


def test_the_clock_is_the_organizations() -> None:
    organization = new_organization(timezone="Europe/Berlin")
    with organization_scope(organization, SYSTEM):
        event("page.seen", "2026-10-24T22:30:00+00:00")
    [point] = caller(organization, "read").get("/analytics", event_type="page.seen").json()["series"]
    assert point["bucket_start"] == "2026-10-24T22:00:00+00:00"  # midnight of the 25th in Berlin
