"""What lists and details cost: a constant number of SQL statements, and an index for the order of every list."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import professionals
from professionals.actions import DayRanges
from tests.factories import BookingFactory, ProfessionalFactory, ServiceFactory, TimeOffFactory, hour
from tests.fixtures import Maker
from tests.rest import Api


def statements(call: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def busy(organization: Organization) -> str:
    """A professional with a booking and time off; its id."""
    with organization_scope(organization, SYSTEM):
        booking = BookingFactory()
        TimeOffFactory(professional=booking.session.professional)
        return str(booking.session.professional_id)


def fill(organization: Organization, professional_id: str, hours: range) -> None:
    """More of everything: professionals, services and bookings of each, and of the one that is given."""
    with organization_scope(organization, SYSTEM):
        for at in hours:
            BookingFactory(starts_at=hour(at))
        professional = ProfessionalFactory()
        ServiceFactory.create_batch(2, professional=professional)
        TimeOffFactory.create_batch(3, professional=professional)


LISTS = ["/clients", "/professionals", "/services", "/bookings", "/verticals"]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_few_and_many(
    organization: Organization, api_client: Api, busy: str, path: str
) -> None:
    api_client.get(path)  # notes the use of the key
    few = statements(lambda: api_client.get(path))
    fill(organization, busy, range(9, 17))
    many = statements(lambda: api_client.get(path))
    assert len(many) == len(few) <= 5, many


def test_time_off_costs_the_same_for_few_and_many(api_client: Api, make: Maker) -> None:
    professional = make.professional()
    path = f"/professionals/{professional.id}/time-off"
    make.time_off(professional=professional)
    api_client.get(path)
    few = statements(lambda: api_client.get(path))
    for _ in range(5):
        make.time_off(professional=professional)
    assert len(statements(lambda: api_client.get(path))) == len(few) <= 6


def test_hours_and_one_period_cost_the_same_for_few_and_many(
    organization: Organization, api_client: Api, make: Maker
) -> None:
    professional = make.professional()
    period = make.time_off(professional=professional)
    hours = f"/professionals/{professional.id}/working-hours"
    paths = [hours, f"/professionals/{professional.id}/time-off/{period.id}"]
    api_client.get(hours)
    few = [statements(lambda path=path: api_client.get(path)) for path in paths]  # type: ignore[misc]
    weekly = [(weekday, start, start + 60) for weekday in range(7) for start in (0, 120, 240, 360)]
    overrides: dict[date, DayRanges] = {date(2099, 1, day): [(60, 120), (180, 240)] for day in range(1, 29)}
    with organization_scope(organization, SYSTEM):
        professionals.set_working_hours(professional.id, timezone="UTC", weekly=weekly, overrides=overrides)
        TimeOffFactory.create_batch(5, professional=professional)
    many = [statements(lambda path=path: api_client.get(path)) for path in paths]  # type: ignore[misc]
    # The key, BEGIN, the scope, the professional, COMMIT; and the windows and the dates, or the period.
    assert [len(found) for found in many] == [len(found) for found in few] == [7, 6], many


def test_details_cost_one_statement_beside_the_frame(api_client: Api, make: Maker) -> None:
    booking = make.booking()
    paths = [
        f"/clients/{booking.client_id}",
        f"/professionals/{booking.session.professional_id}",
        f"/services/{booking.session.service_id}",
        f"/bookings/{booking.id}",
        "/verticals/beauty",
    ]
    api_client.get("/clients")
    for path in paths:
        # The key, BEGIN, the scope, the row, COMMIT.
        assert len(statements(lambda path=path: api_client.get(path))) <= 5, path  # type: ignore[misc]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_walks_an_index_in_its_order(api_client: Api, make: Maker, path: str) -> None:
    make.booking()
    make.booking()
    first = api_client.get(path, limit=1)
    follow = first.json()["next"]
    for call in (lambda: api_client.get(path, limit=1), lambda: api_client.follow(follow)):
        [sql] = [sql for sql in statements(call) if '"created_at" DESC' in sql]
        assert "OFFSET" not in sql
        plan = explained(make.organization, sql)
        assert "Sort" not in plan, plan
        assert "_list" in plan or "_tenant_key" in plan, plan
    assert "ROW(" in plan, plan
    assert "Index Cond" in plan.partition("ROW(")[0].rpartition("\n")[2], plan


def test_time_off_walks_an_index(api_client: Api, make: Maker) -> None:
    professional = make.professional()
    make.time_off(professional=professional)
    path = f"/professionals/{professional.id}/time-off"
    [sql] = [sql for sql in statements(lambda: api_client.get(path)) if 'FROM "professionals_timeoff"' in sql]
    plan = explained(make.organization, sql)
    assert "Sort" not in plan, plan
    assert "timeoff_list" in plan, plan


def explained(organization: Organization, sql: str) -> str:
    """The plan in the eyes of the app role, of a table that is too large to be read as a whole or sorted."""
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())
