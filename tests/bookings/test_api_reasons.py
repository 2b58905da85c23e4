"""Each rule over HTTP: availability explains ten o'clock by it, and a hold of ten o'clock is refused for it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, closures, holiday_calendars, professionals, services
from bookings.rules.refusals import CODES, Rule
from services.actions.resources import Need
from services.models import Service
from tests.factories import ClientFactory, ResourceFactory, ServiceFactory
from tests.fixtures import Maker
from tests.rest import Api, refused

NOW = datetime(2026, 12, 21, 8, tzinfo=UTC)
TEN = datetime(2026, 12, 25, 10, tzinfo=UTC)  # a Friday, and a holiday where one is kept
DAY, HOUR = TEN.date(), timedelta(hours=1)


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def hold(service: Service, starts_at: datetime = TEN) -> None:
    bookings.hold(client=ClientFactory().id, service=service.id, starts_at=starts_at)


def unverified(service: Service) -> None:
    professionals.update(service.professional_id, vertical="beauty")


def notice(service: Service) -> None:
    services.update(service.id, min_notice_minutes=60 * 24 * 30)


def rolling_horizon(service: Service) -> None:
    services.update(service.id, horizon_days=3)


def fixed_horizon(service: Service) -> None:
    services.update(service.id, bookable_from=DAY + timedelta(days=1))


def outside_hours(service: Service) -> None:
    """On the grid, but too long for what is left of the window."""
    weekly = [(weekday, 9 * 60, 10 * 60 + 30) for weekday in range(7)]
    professionals.set_working_hours(service.professional_id, timezone="UTC", weekly=weekly, overrides={})


def holiday(service: Service) -> None:
    holiday_calendars.create(country="DE")


def time_off(service: Service) -> None:
    professionals.take_time_off(service.professional_id, starts_at=TEN, ends_at=TEN + HOUR)


def closure(service: Service) -> None:
    closures.create(starts_on=DAY, ends_on=DAY)


def full(service: Service) -> None:
    services.update(service.id, capacity=2)
    hold(service)
    hold(service)


def buffer(service: Service) -> None:
    hold(service, TEN + HOUR)
    services.update(service.id, buffer_after_minutes=1)


def resource_busy(service: Service) -> None:
    """The one room is somebody else's then."""
    room = ResourceFactory()
    other = ServiceFactory()
    for one in (service, other):
        services.require(one.id, [Need("room", [room.id])])
    hold(other)


def limit_of_minutes(service: Service) -> None:
    services.update(service.id, booking_limits={"month": {"minutes": 119}})
    hold(service, TEN - timedelta(days=1))


def limit_of_the_professional(service: Service) -> None:
    professionals.update(service.professional_id, booking_limits={"week": {"bookings": 1}})
    hold(ServiceFactory(professional=service.professional), TEN - timedelta(days=1))


@pytest.mark.parametrize(
    ("forbid", "rule"),
    [
        (unverified, Rule.PROFESSIONAL_UNVERIFIED),
        (notice, Rule.NOTICE),
        (rolling_horizon, Rule.HORIZON),
        (fixed_horizon, Rule.HORIZON),
        (outside_hours, Rule.OUTSIDE_HOURS),
        (holiday, Rule.HOLIDAY),
        (time_off, Rule.TIME_OFF),
        (closure, Rule.TIME_OFF),
        (full, Rule.FULL),
        (hold, Rule.BOOKED),
        (buffer, Rule.BUFFER),
        (resource_busy, Rule.RESOURCE_BUSY),
        (limit_of_minutes, Rule.LIMIT_REACHED),
        (limit_of_the_professional, Rule.LIMIT_REACHED),
    ],
)
def test_a_rule_explains_and_refuses(
    api_client: Api, make: Maker, forbid: Callable[[Service], None], rule: Rule
) -> None:
    service = make.service()
    asked = {"service": service.id, "from": TEN.isoformat(), "to": (TEN + HOUR).isoformat(), "explain": "true"}
    [free] = api_client.get("/availability", **asked).json()["days"]
    assert [slot["starts_at"] for slot in free["slots"]] == [TEN.isoformat()]
    with organization_scope(make.organization, SYSTEM):
        forbid(service)
    [day] = api_client.get("/availability", **asked).json()["days"]
    assert (day["slots"], [(one["starts_at"], one["rule"]) for one in day["unbookable"]]) == (
        [],
        [(TEN.isoformat(), rule)],
    )
    told = api_client.post("/bookings", wanted(make, service, TEN))
    found = refused(told, 409, CODES.get(rule, rule), *(["starts_at"] if rule in CODES else []))
    assert [fault["code"] for fault in found["errors"]] == ([rule] if rule in CODES else [])


def wanted(make: Maker, service: Service, starts_at: datetime) -> dict[str, Any]:
    return {"client": str(make.client().id), "service": str(service.id), "starts_at": starts_at.isoformat()}


def test_what_is_on_no_grid_is_no_slot_and_needs_no_reason(api_client: Api, make: Maker) -> None:
    service = make.service()
    since = TEN + timedelta(minutes=1)
    asked = {"service": service.id, "from": since.isoformat(), "to": (TEN + HOUR).isoformat(), "explain": "true"}
    assert api_client.get("/availability", **asked).json()["days"] == []
    refused(api_client.post("/bookings", wanted(make, service, since)), 409, "not_a_slot")


def test_what_is_over_is_told_apart_from_what_is_too_soon(api_client: Api, make: Maker) -> None:
    service = make.service(min_notice_minutes=60)
    with time_machine.travel(TEN + timedelta(minutes=1), tick=False):
        asked = {"service": service.id, "from": TEN.isoformat(), "to": (TEN + 2 * HOUR).isoformat(), "explain": "true"}
        [day] = api_client.get("/availability", **asked).json()["days"]
        assert [one["rule"] for one in day["unbookable"]] == ["in_the_past", "notice"]
        refused(api_client.post("/bookings", wanted(make, service, TEN)), 409, "in_the_past")
        refused(api_client.post("/bookings", wanted(make, service, TEN + HOUR)), 409, "notice")
