"""A report is of one moment: what others write while it is read does not come into half of it."""

import threading
from typing import Any

import pytest
from django.db import connection

from analytics import queries
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import analytics
from tests.rest import Api


def track(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        analytics.track("page.seen")


def elsewhere(organization: Organization) -> None:
    """In a transaction of its own, which has ended when this returns."""

    def run() -> None:
        track(organization)
        connection.close()

    other = threading.Thread(target=run)
    other.start()
    other.join(20)


def test_the_parts_of_a_report_tell_of_one_moment(
    reader: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    track(organization)
    by_type = queries.by_type

    def late(events: Any) -> Any:
        elsewhere(organization)
        return by_type(events)

    monkeypatch.setattr(queries, "by_type", late)
    report = reader.get("/analytics", event_type="page.seen", by_user="true").json()
    assert (report["total_events"], report["by_type"]) == (1, {"page.seen": 1})
    assert sum(point["count"] for point in report["series"]) == 1
    assert reader.get("/analytics", event_type="page.seen").json()["total_events"] == 2
