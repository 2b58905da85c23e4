"""What analytics costs: a constant number of statements, and an index for the order of the list."""

import uuid

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.analytics.events import event
from tests.api.test_statements import explained, statements
from tests.rest import Api

PATHS = [
    "/analytics/events",
    "/analytics?by_user=true&bucket=hour",
    "/analytics/conversion?from_type=page.seen&to_type=page.bought",
    "",
]


def fill(organization: Organization, hours: range) -> None:
    with organization_scope(organization, SYSTEM):
        for hour in hours:
            event("page.seen", f"2026-11-01T{hour:02}:00:00+00:00", user=uuid.uuid4())


@pytest.mark.parametrize("path", PATHS)
def test_few_and_many_events_cost_the_same(organization: Organization, reader: Api, path: str) -> None:
    fill(organization, range(2))
    reader.get(path)  # notes the use of the key
    few = statements(lambda: reader.get(path))
    fill(organization, range(2, 24))
    assert len(statements(lambda: reader.get(path))) == len(few) <= 12


def test_one_event_costs_one_statement_beside_the_frame(organization: Organization, reader: Api) -> None:
    fill(organization, range(1))
    id = reader.get("/analytics/events", limit="1").json()["results"][0]["id"]
    # The key, the limit, BEGIN, the scope, the row, COMMIT.
    assert len(statements(lambda: reader.get(f"/analytics/events/{id}"))) <= 6


def test_the_list_walks_its_index(organization: Organization, reader: Api) -> None:
    fill(organization, range(3))
    following = reader.get("/analytics/events", limit="1").json()["next"]
    for call in (lambda: reader.get("/analytics/events", limit="1"), lambda: reader.follow(following)):
        [sql] = [sql for sql in statements(call) if '"timestamp" DESC' in sql]
        plan = explained(organization, sql)
        assert "OFFSET" not in sql
        assert "event_timestamp" in plan
        assert "Sort" not in plan
