"""Whom the seeded bookings are between: professionals with office hours, their services, and clients."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from uuid import UUID

from authspine.identity.actions import login_for
from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.kernel.text import search_text
from authspine.operations.seeding.plan import HOURS, KINDS, REGULARS
from authspine.privacy import blind
from clients.models import Client
from professionals import queries as professional_queries
from professionals.models import Professional, Vertical, WorkingHours
from services import actions as service_actions
from services.models import Offer, Service

VERTICAL = "consulting"
BATCH = 2_000


@dataclass(frozen=True)
class People:
    """Everybody's ids as text. A professional has a service of each kind, in that order, and regulars of their own."""

    vertical: Vertical
    professionals: list[str]
    services: list[list[str]]
    clients: list[list[str]]


def make(organization: Organization, *, professionals: int, now: datetime) -> People:
    """Expects the scope of the organization. One login stands for all: who signs in is not what is measured."""
    vertical = professional_queries.vertical(VERTICAL)
    user = login_for(f"seeded@{organization.slug}.invalid")
    staff = [_professional(organization, vertical, user.id, number, now) for number in range(professionals)]
    offered = [_services(one, organization.currency, now) for one in staff]
    public = [_client(organization, user.id, number, now) for number in range(professionals * REGULARS)]
    Professional.objects.bulk_create(staff, batch_size=BATCH)
    WorkingHours.objects.bulk_create(
        (
            WorkingHours(professional=one, weekday=day, start_minute=HOURS.start * 60, end_minute=HOURS.stop * 60)
            for one in staff
            for day in range(5)
        ),
        batch_size=BATCH,
    )
    flat = [service for services in offered for service in services]
    Service.objects.bulk_create(flat, batch_size=BATCH)
    Offer.objects.bulk_create(map(service_actions.own_offer, flat), batch_size=BATCH)
    Client.objects.bulk_create(public, batch_size=BATCH)
    return People(
        vertical,
        professionals=[str(one.id) for one in staff],
        services=[[str(service.id) for service in services] for services in offered],
        clients=[[str(one.id) for one in regulars] for regulars in batched(public, REGULARS)],
    )


def _professional(
    organization: Organization, vertical: Vertical, user: UUID, number: int, now: datetime
) -> Professional:
    name, email = f"Professional {number:05}", f"professional{number}@{organization.slug}.invalid"
    return Professional(
        user_id=user,
        vertical=vertical,
        email=email,
        email_key=blind.email_index(Professional, email),
        name=name,
        timezone=organization.timezone,
        tokens=blind.tokens(Professional, name, email),
        created_at=now,
        updated_at=now,
    )


def _services(professional: Professional, currency: str, now: datetime) -> list[Service]:
    return [
        Service(
            id=new_id(),
            professional=professional,
            name=kind.name,
            duration_minutes=kind.minutes,
            buffer_after_minutes=kind.buffer_after,
            price_cents=kind.price_cents,
            currency=currency,
            search_text=search_text(kind.name),
            created_at=now,
            updated_at=now,
        )
        for kind in KINDS
    ]


def _client(organization: Organization, user: UUID, number: int, now: datetime) -> Client:
    name, email = f"Client {number:06}", f"client{number}@{organization.slug}.invalid"
    return Client(
        user_id=user,
        email=email,
        email_key=blind.email_index(Client, email),
        name=name,
        tokens=blind.tokens(Client, name, email),
        created_at=now,
        updated_at=now,
    )
