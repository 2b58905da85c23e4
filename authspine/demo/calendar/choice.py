"""What a visitor of the calendar has chosen: whose week, which service, for which client, or which booking to move."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict

from authspine.demo.showing import day_or_none, uuid_or_none
from bookings import queries as booking_queries
from bookings.models import Booking
from bookings.rules.status import RESCHEDULABLE
from clients import queries as client_queries
from clients.models import Client
from professionals import queries as professional_queries
from professionals.models import Professional
from professionals.rules.starting_points import Question, asked
from services import queries as service_queries
from services.models import Service

# How many of each the lists offer; others are reached from their own pages.
PROFESSIONALS, SERVICES, CLIENTS = 100, 100, 50
# Whose week it is when anybody will do.
ANYBODY = "any"


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
    anybody: bool
    day: date | None

    @property
    def whose(self) -> str:
        """The week's owner, as the address names them."""
        return ANYBODY if self.anybody else str(self.professional.id) if self.professional else ""

    @property
    def questions(self) -> list[Question]:
        """What a new booking is asked: by whom it is with or, where anybody will do, by whom the service belongs to."""
        if self.moving or self.service is None:
            return []
        giver = self.professional or self.service.professional
        return asked(giver.vertical.intake_questions, self.service.intake_questions)


def chosen(query: QueryDict, *, now: datetime) -> Choice:
    """Read the address; a name in it that means nothing here counts as not chosen. Runs in a scope."""
    if moving := _moving(uuid_or_none(query.get("move", "")), now):
        return _move(moving, uuid_or_none(query.get("professional", "")), day_or_none(query.get("week", "")))
    anybody = query.get("professional") == ANYBODY
    service = _service(uuid_or_none(query.get("service", "")))
    wanted = uuid_or_none(query.get("professional", "")) or (service.professional_id if service else None)
    professionals = list(professional_queries.present()[:PROFESSIONALS])
    professional = None if anybody else _professional(wanted, professionals)
    services = _on_sale(service) if anybody else _services(professional)
    client = _client(uuid_or_none(query.get("client", "")))
    return Choice(
        professionals=_with(professionals, professional),
        professional=professional,
        services=services,
        service=next((one for one in services if service and one.id == service.id), next(iter(services), None)),
        clients=_with(list(client_queries.present()[:CLIENTS]), client),
        client=client,
        moving=None,
        anybody=anybody,
        day=day_or_none(query.get("week", "")),
    )


def _move(moving: Booking, asked: UUID | None, day: date | None) -> Choice:
    """A booking keeps its service and its client; it may go to whoever offers the service, else it stays."""
    session = moving.session
    offered = [offer.professional for offer in service_queries.offers_of([session.service_id])]
    professionals = _with(offered, session.professional)
    return Choice(
        professionals=professionals,
        professional=next((one for one in professionals if one.id == asked), session.professional),
        services=[session.service],
        service=session.service,
        clients=[],
        client=moving.client,
        moving=moving,
        anybody=False,
        day=day,
    )


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


def _on_sale(service: Service | None) -> list[Service]:
    """What can be had from anybody: the newest, and the one that was asked for."""
    offered = list(service_queries.listed().filter(active=True)[:SERVICES])
    return offered if service is None or not service.active or service in offered else [service, *offered]


def _with[M: (Client, Professional)](rows: list[M], one: M | None) -> list[M]:
    """The rows by name, and this one among them."""
    if one is not None and one not in rows:
        rows.append(one)
    return sorted(rows, key=lambda row: row.name.casefold())
