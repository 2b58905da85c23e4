"""An event is stored with the change that it tells of: when its insert fails, the change is gone too."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import (
    analytics,
    bookings,
    clients,
    closures,
    holiday_calendars,
    locations,
    organizations,
    professionals,
    services,
    verticals,
)
from bookings.models import Booking, Occupancy, Session
from clients.models import Client, Consent
from professionals.models import (
    Closure,
    HolidayCalendar,
    HoursOverride,
    Location,
    Professional,
    TimeOff,
    TravelPeriod,
    Vertical,
    WorkingHours,
)
from services.models import Service
from tests.factories import ClientFactory, ClosureFactory, HolidayCalendarFactory, LocationFactory, TravelPeriodFactory
from tests.journeys.documents import bring_in, document
from tests.studio import PRICE, Studio, open_studio

TABLES: list[type[TenantModel]] = [
    *(Client, Consent, Professional, WorkingHours, HoursOverride, TimeOff, Vertical, Service),
    *(TravelPeriod, Location, Closure, HolidayCalendar),
    *(Session, Occupancy, Booking, AnalyticsEvent),
]

AGREED: dict[str, Any] = {"purpose": "photos", "text_version": "1", "method": "paper"}

JOURNEYS: dict[str, Callable[[Studio, Booking, Booking], Any]] = {
    "client.created": lambda s, *_: clients.register(email="new@example.com", name="New"),
    "client.updated": lambda s, *_: clients.update(s.client.id, name="Other"),
    "client.deleted": lambda s, *_: clients.delete(s.client.id),
    "client.consented": lambda s, *_: clients.consent(s.client.id, **AGREED | {"text_version": "2"}),
    "client.consent_withdrawn": lambda s, *_: clients.withdraw_consent(
        s.client.id, Consent.objects.get().id, how="email"
    ),
    "client.legal_hold_set": lambda s, *_: clients.hold(s.client.id, reference="1"),
    "client.legal_hold_lifted": lambda s, *_: clients.lift_hold(Client.objects.exclude(legal_hold_at=None).get().id),
    "professional.created": lambda *_: professionals.onboard(email="n@example.com", name="N", vertical="beauty"),
    "professional.updated": lambda s, *_: professionals.update(s.professional.id, bio="Other"),
    "working_hours": lambda s, *_: professionals.set_working_hours(
        s.professional.id, timezone="Europe/Berlin", weekly=[], overrides={}
    ),
    "time_off": lambda s, *_: professionals.take_time_off(s.professional.id, starts_at=s.at(9), ends_at=s.at(10)),
    "time_off_ended": lambda s, *_: professionals.end_time_off(s.professional.id, absence(s).id),
    "travel": lambda s, *_: professionals.travel(
        s.professional.id, timezone="UTC", starts_on=date(2031, 1, 1), ends_on=date(2031, 1, 2)
    ),
    "travel_ended": lambda s, *_: professionals.end_travel(s.professional.id, TravelPeriod.objects.get().id),
    "location.created": lambda *_: locations.create(name="New", timezone="UTC"),
    "location.updated": lambda *_: locations.update(Location.objects.get().id, name="Other"),
    "location.deleted": lambda *_: locations.delete(Location.objects.get().id),
    "closure.created": lambda *_: closures.create(starts_on=date(2031, 1, 1), ends_on=date(2031, 1, 2)),
    "closure.deleted": lambda *_: closures.delete(Closure.objects.get().id),
    "holiday_calendar.created": lambda *_: holiday_calendars.create(country="US"),
    "holiday_calendar.deleted": lambda *_: holiday_calendars.delete(HolidayCalendar.objects.get().id),
    "professional.verified": lambda s, *_: professionals.verify(s.professional.id),
    "professional.deleted": lambda s, *_: professionals.delete(s.professional.id),
    "service.created": lambda s, *_: services.publish(s.professional.id, name="S", duration_minutes=5, price=PRICE),
    "service.updated": lambda s, *_: services.update(s.service.id, name="Other"),
    "service.deactivated": lambda s, *_: services.deactivate(s.service.id),
    "vertical.configured": lambda *_: verticals.configure("beauty", display_name="Other"),
    "vertical.created": lambda *_: verticals.create("archery", display_name="Archery"),
    "custom": lambda s, *_: analytics.track("newsletter.opened", user=s.client.id),
    "booking.created": lambda s, *_: bookings.hold(client=s.client.id, service=s.service.id, starts_at=s.at(15)),
    "booking.confirmed": lambda s, held, _: bookings.confirm(held.id),
    "booking.cancelled": lambda s, held, _: bookings.cancel(held.id),
    "booking.rescheduled": lambda s, held, _: bookings.reschedule(held.id, starts_at=s.at(15)),
    "booking.completed": lambda s, _, confirmed: bookings.complete(confirmed.id),
    "booking.no_show": lambda s, _, confirmed: bookings.mark_no_show(confirmed.id),
}


def absence(studio: Studio) -> TimeOff:
    return TimeOff.objects.get(professional=studio.professional)


def everything(organization: Organization) -> list[list[dict[str, Any]]]:
    with organization_scope(organization, SYSTEM):
        return [[dict(row) for row in table.objects.order_by("id").values()] for table in TABLES]


def refuse(event: AnalyticsEvent) -> None:
    raise RuntimeError("the event cannot be stored")


@pytest.mark.parametrize("name", JOURNEYS)
def test_without_its_event_the_change_is_gone(
    organization: Organization, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        held = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
        confirmed = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(12))
        bookings.confirm(confirmed.id)
        professionals.take_time_off(studio.professional.id, starts_at=studio.at(16), ends_at=studio.at(17))
        TravelPeriodFactory(professional=studio.professional)
        clients.consent(studio.client.id, **AGREED)
        clients.hold(ClientFactory().id, reference="1")
        LocationFactory()
        ClosureFactory()
        HolidayCalendarFactory(location=None)
    before = everything(organization)
    with monkeypatch.context() as broken:
        broken.setattr("analytics.actions.insert", refuse)
        with pytest.raises(RuntimeError, match="cannot be stored"), organization_scope(organization, SYSTEM):
            JOURNEYS[name](studio, held, confirmed)
    assert everything(organization) == before
    with organization_scope(organization, SYSTEM):
        JOURNEYS[name](studio, held, confirmed)
    assert everything(organization) != before


def test_without_its_event_an_expiry_is_gone(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        held = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
    before = everything(organization)
    with time_machine.travel(held.hold_expires_at or 0, tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("analytics.actions.insert", refuse)
            with pytest.raises(RuntimeError, match="cannot be stored"), organization_scope(organization, SYSTEM):
                bookings.expire_lapsed()
        assert everything(organization) == before
        with organization_scope(organization, SYSTEM):
            assert bookings.expire_lapsed() == 1


def test_without_its_event_an_import_is_gone(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(organization)
    with monkeypatch.context() as broken:
        broken.setattr("analytics.actions.insert", refuse)
        with pytest.raises(RuntimeError, match="cannot be stored"):
            bring_in(organization, document())
    assert everything(organization) == before
    assert bring_in(organization, document())["imported"]["bookings"] == 1


def test_without_its_event_an_organization_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    slug = f"stillborn-{uuid.uuid4().hex}"
    with monkeypatch.context() as broken:
        broken.setattr("analytics.actions.insert", refuse)
        with pytest.raises(RuntimeError, match="cannot be stored"):
            organizations.create(name="Stillborn", slug=slug)
    assert not Organization.objects.filter(slug=slug).exists()
    assert organizations.create(name="Stillborn", slug=slug).slug == slug
