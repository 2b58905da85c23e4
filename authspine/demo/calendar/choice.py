"""What a visitor of the calendar has chosen: whose week, which service, for which client, or which booking to move."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict

from authspine.demo.showing import uuid_or_none
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.rules.status import RESCHEDULABLE
from clients import queries as client_queries
from clients.models import Client
from professionals import queries as professional_queries
from professionals.models import Professional
from services import queries as service_queries
from services.models import Service

# How many of each the lists offer; others are reached from their own pages.
PROFESSIONALS, SERVICES, CLIENTS = 100, 100, 50


@dataclass(frozen=True)
class Choice:
    """None is what has not been chosen and cannot be guessed."""

    professionals: list[Professional]
    professional: Professional | None
    services: list[Service]
    service: Service | None
    clients: list[Client]
    client: Client | None
    moving: Booking | None
    day: date | None


def chosen(query: QueryDict, *, now: datetime) -> Choice:
    """Read the address; a name in it that means nothing here counts as not chosen. Runs in a scope."""
    moving = _moving(uuid_or_none(query.get("move", "")), now)
    service = moving.session.service if moving else _service(uuid_or_none(query.get("service", "")))
    asked = moving.session.professional_id if moving else uuid_or_none(query.get("professional", ""))
    professionals = list(professional_queries.present()[:PROFESSIONALS])
    professional = _professional(asked or (service.professional_id if service else None), professionals)
    services = _services(professional)
    client = moving.client if moving else _client(uuid_or_none(query.get("client", "")))
    return Choice(
        professionals=_with(professionals, professional),
        professional=professional,
        services=services,
        service=next((one for one in services if service and one.id == service.id), next(iter(services), None)),
        clients=_with(list(client_queries.present()[:CLIENTS]), client),
        client=client,
        moving=moving,
        day=_day(query.get("week", "")),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Room for a week on both sides of what times can be.
    return day if 1971 <= day.year <= 2199 else None


def _moving(booking_id: UUID | None, now: datetime) -> Booking | None:
    found = booking_queries.listed(now).filter(id=booking_id).first() if booking_id else None
    return found if found and found.status_at(now) in RESCHEDULABLE else None


def _service(service_id: UUID | None) -> Service | None:
    return service_queries.listed().filter(id=service_id).first() if service_id else None


def _client(client_id: UUID | None) -> Client | None:
    return client_queries.present().filter(id=client_id).first() if client_id else None


def _professional(asked: UUID | None, newest: list[Professional]) -> Professional | None:
    """The one asked for, else the newest."""
    if asked is None:
        return next(iter(newest), None)
    known = next((one for one in newest if one.id == asked), None)
    return known or professional_queries.present().filter(id=asked).first()


def _services(professional: Professional | None) -> list[Service]:
    if professional is None:
        return []
    offered = service_queries.listed().filter(offers__professional=professional.id, offers__active=True)
    return list(offered.filter(active=True)[:SERVICES])


def _with[M: (Client, Professional)](rows: list[M], one: M | None) -> list[M]:
    """The rows by name, and this one among them."""
    if one is not None and one not in rows:
        rows.append(one)
    return sorted(rows, key=lambda row: row.name.casefold())
