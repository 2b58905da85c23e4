"""What lists and details cost: a constant number of SQL statements, and an index for the order of every list."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import professionals, services
from professionals.actions import DayRanges
from services.actions.resources import Need
from services.models import Offer, Service
from tests.factories import (
    BookingFactory,
    ClosureFactory,
    HolidayCalendarFactory,
    OfferFactory,
    ProfessionalFactory,
    ResourceFactory,
    ServiceFactory,
    TimeOffFactory,
    hour,
)
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
        _equip(booking.session.service)
        return str(booking.session.professional_id)


def fill(organization: Organization, professional_id: str, hours: range) -> None:
    """More of everything: professionals, services and bookings of each, and of the one that is given."""
    with organization_scope(organization, SYSTEM):
        for at in hours:
            BookingFactory(starts_at=hour(at))
        professional = ProfessionalFactory()
        for service in ServiceFactory.create_batch(2, professional=professional):
            _equip(service)
        TimeOffFactory.create_batch(3, professional=professional)
        HolidayCalendarFactory.create_batch(3)  # each of a location of its own
        ClosureFactory.create_batch(3)


def _equip(service: Service) -> None:
    """It is offered by two, and takes one of two rooms and a laser."""
    OfferFactory(service=service)
    one, other, laser = (resource.id for resource in ResourceFactory.create_batch(3))
    services.require(service.id, [Need("room", [one, other]), Need("laser", [laser])])


LISTS = [
    *("/clients", "/professionals", "/services", "/bookings", "/verticals"),
    *("/locations", "/closures", "/holiday-calendars", "/resources"),
]
# Services with their offers, their requirements and the options of these; and that people were looked at.
MORE = {"/services": 3, "/clients": 1, "/bookings": 1, "/professionals": 1}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_few_and_many(
    organization: Organization, api_client: Api, busy: str, path: str
) -> None:
    api_client.get(path)  # notes the use of the key
    few = statements(lambda: api_client.get(path))
    fill(organization, busy, range(9, 17))
    many = statements(lambda: api_client.get(path))
    assert len(many) == len(few) <= 6 + MORE.get(path, 0), many


@pytest.mark.parametrize(("kind", "name"), [("time_off", "time-off"), ("travel_period", "travel")])
def test_a_calendar_costs_the_same_for_few_and_many(api_client: Api, make: Maker, kind: str, name: str) -> None:
    professional = make.professional()
    path = f"/professionals/{professional.id}/{name}"
    getattr(make, kind)(professional=professional)
    api_client.get(path)
    few = statements(lambda: api_client.get(path))
    for _ in range(5):
        getattr(make, kind)(professional=professional)
    assert len(statements(lambda: api_client.get(path))) == len(few) <= 7


def test_downtime_costs_the_same_for_few_and_many(api_client: Api, make: Maker) -> None:
    resource = make.resource()
    path = f"/resources/{resource.id}/downtime"
    make.downtime(resource=resource)
    api_client.get(path)
    few = statements(lambda: api_client.get(path))
    for _ in range(5):
        make.downtime(resource=resource)
    assert len(statements(lambda: api_client.get(path))) == len(few) <= 7


def test_offers_and_requirements_cost_the_same_for_few_and_many(
    organization: Organization, api_client: Api, make: Maker
) -> None:
    service = make.service()
    paths = [f"/services/{service.id}", f"/services/{service.id}/offers", f"/services/{service.id}/requirements"]
    with organization_scope(organization, SYSTEM):
        _equip(service)
    api_client.get("/clients")
    few = [len(statements(lambda path=path: api_client.get(path))) for path in paths]  # type: ignore[misc]
    with organization_scope(organization, SYSTEM):
        OfferFactory.create_batch(4, service=service)
        rooms = [room.id for room in ResourceFactory.create_batch(4)]
        services.require(service.id, [Need("room", rooms[number:]) for number in range(4)])
    many = [len(statements(lambda path=path: api_client.get(path))) for path in paths]  # type: ignore[misc]
    assert many == few == [9, 7, 8]


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
    # The key, the limit, BEGIN, the scope, the professional, COMMIT; and the windows and the dates, or the period.
    assert [len(found) for found in many] == [len(found) for found in few] == [8, 7], many


def test_details_cost_one_statement_beside_the_frame(api_client: Api, make: Maker) -> None:
    booking = make.booking()
    paths = [
        f"/clients/{booking.client_id}",
        f"/professionals/{booking.session.professional_id}",
        f"/resources/{make.resource().id}",
        f"/bookings/{booking.id}",
        "/verticals/beauty",
        f"/locations/{make.location().id}",
        f"/closures/{make.closure().id}",
        f"/holiday-calendars/{make.holiday_calendar().id}",
    ]
    api_client.get("/clients")
    for path in paths:
        # The key, the limit, BEGIN, the scope, the row, COMMIT; and that a person was looked at.
        looked = path.startswith(("/clients", "/bookings", "/professionals"))
        assert len(statements(lambda path=path: api_client.get(path))) <= 6 + looked, path  # type: ignore[misc]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_walks_an_index_in_its_order(api_client: Api, make: Maker, path: str) -> None:
    for _ in range(2):
        make.booking()
        make.closure()
        make.holiday_calendar()
        make.resource()
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


def _crowd(organization: Organization, professional: UUID) -> None:
    """So many other services that it matters which index is walked."""
    common: dict[str, Any] = {"professional_id": professional, "name": "S", "duration_minutes": 30}
    with organization_scope(organization, SYSTEM):
        rows = Service.objects.bulk_create(Service(price_cents=0, currency="USD", **common) for _ in range(400))
        Offer.objects.bulk_create(Offer(service=row, professional_id=professional) for row in rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE services_offer, services_service")


def test_services_of_somebody_are_found_by_their_offers(api_client: Api, make: Maker) -> None:
    offer = make.offer()
    _crowd(make.organization, offer.service.professional_id)
    called = statements(lambda: api_client.get("/services", professional=str(offer.professional_id)))
    [sql] = [sql for sql in called if '"created_at" DESC' in sql]
    plan = explained(make.organization, sql)
    assert re.search(r'on services_offer "U0".*\n\s+Index Cond: .*professional_id = ', plan), plan


def test_downtime_walks_an_index(api_client: Api, make: Maker) -> None:
    period = make.downtime()
    path = f"/resources/{period.resource_id}/downtime"
    [sql] = [sql for sql in statements(lambda: api_client.get(path)) if 'FROM "services_downtime"' in sql]
    plan = explained(make.organization, sql)
    assert "Sort" not in plan, plan
    assert "downtime_list" in plan, plan


@pytest.mark.parametrize(
    ("kind", "name", "table"), [("time_off", "time-off", "timeoff"), ("travel_period", "travel", "travelperiod")]
)
def test_a_calendar_walks_an_index(api_client: Api, make: Maker, kind: str, name: str, table: str) -> None:
    professional = make.professional()
    getattr(make, kind)(professional=professional)
    path = f"/professionals/{professional.id}/{name}"
    [sql] = [sql for sql in statements(lambda: api_client.get(path)) if f'FROM "professionals_{table}"' in sql]
    plan = explained(make.organization, sql)
    assert "Sort" not in plan, plan
    assert f"{table}_list" in plan, plan


def explained(organization: Organization, sql: str) -> str:
    """The plan in the eyes of the app role, of a table that is too large to be read as a whole or sorted."""
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())
