"""A small studio to test in: one professional, one service, one client, and a time at which all is free."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, professionals, services
from clients.models import Client
from professionals.models import Professional
from services.models import Service
from tests.factories import working_day

PRICE = Money(7500, "USD")


@dataclass(frozen=True)
class Studio:
    """What is committed; `at(10)` is ten o'clock, UTC, on a working day in the coming week."""

    organization: Organization
    professional: Professional
    service: Service
    client: Client

    @staticmethod
    def day() -> date:
        return working_day().date()

    def at(self, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.day(), time(hour, minute), UTC)


def open_studio(organization: Organization, **service: Any) -> Studio:
    """Commit a studio in UTC with a service of an hour; `service` changes the service."""
    wanted: dict[str, Any] = {"name": "Consultation", "duration_minutes": 60, "price": PRICE} | service
    with organization_scope(organization, SYSTEM):
        professional = professionals.onboard(email="pro@example.com", name="Pro", vertical="consulting", timezone="UTC")
        offered = services.publish(professional.id, **wanted)
        client = clients.register(email="ana@example.com", name="Ana García")
    return Studio(organization, professional, offered, client)
