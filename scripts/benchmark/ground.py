"""What is measured on: an organization with many clients and another with few, a calendar with bookings, and what the
platform was seen to send for each request that is measured."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tqdm import tqdm

from authspine.identity.actions import create_api_key, login_for
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.kernel.text import search_text
from authspine.orchestrator import bookings, organizations, professionals, services
from bookings.queries.calendars import calendars
from clients import queries as client_queries
from clients.models import Client
from services import queries as service_queries

FEW = 1_000
BATCH = 5_000
BOOKED_HOURS = 300


def new_organization(name: str, clients: int) -> tuple[Organization, str, list[str]]:
    """An organization with so many clients; it, a key, and the ids of some of them."""
    organization = organizations.create(name=f"{name} {clock.now().timestamp():.0f}")
    ids: list[str] = []
    with organization_scope(organization, SYSTEM):
        user = login_for("somebody@example.com")
        for start in tqdm(range(0, clients, BATCH), desc=f"{clients:,} clients", unit="batch", disable=None):
            rows = [client(user.id, number) for number in range(start, min(start + BATCH, clients))]
            Client.objects.bulk_create(rows)
            ids = ids or [str(row.id) for row in rows[:100]]
    return organization, create_api_key(organization, scope="write")[1], ids


def client(user: Any, number: int) -> Client:
    name, email = f"Client Number{number}", f"client{number}@example.com"
    return Client(
        user_id=user, name=name, email=email, email_key=email, phone=f"+1555{number:07}", search_text=search_text(name)
    )


def working_days(first: date) -> list[date]:
    days = (first + timedelta(days=offset) for offset in range(1, 89))
    return [day for day in days if day.weekday() < 5]


class Ground:
    """Builds everything, committed, and records."""

    def __init__(self, rows: int) -> None:
        self.few = new_organization("Few", FEW)
        self.many = new_organization("Many", rows)
        self.organization, self.key, self.clients = self.many
        with organization_scope(self.organization, SYSTEM):
            self.professional = professionals.onboard(
                email="pro@example.com", name="Pro", vertical="consulting", timezone="UTC"
            )
            self.service = self.publish()
            self.fill()
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")

    def publish(self) -> Any:
        price = Money(5000, "USD")
        return services.publish(self.professional.id, name="Half an hour", duration_minutes=30, price=price)

    def starts(self) -> list[datetime]:
        """Every half hour of working time that can be booked."""
        days = working_days(clock.now().date())
        return [datetime.combine(day, time(h, m), UTC) for day in days for h in range(9, 17) for m in (0, 30)]

    def fill(self) -> None:
        """Every other half hour of the first weeks is taken."""
        for start in tqdm(self.starts()[: 2 * BOOKED_HOURS : 2], desc="bookings", unit="booking", disable=None):
            bookings.hold(client=self.clients[0], service=self.service.id, starts_at=start)  # type: ignore[arg-type]

    def free_starts(self) -> list[datetime]:
        return self.starts()[2 * BOOKED_HOURS :] + self.starts()[1 : 2 * BOOKED_HOURS : 2]

    def record(self, path: Path) -> None:
        """Write down what the platform sends, for the bare views to send again."""
        now = clock.now()
        month = {"from_at": now, "to_at": now + timedelta(days=30)}
        statements = {
            "list-few": sent(self.few[0], lambda: list(client_queries.present()[:51])),
            "list-many": sent(self.organization, lambda: list(client_queries.present()[:51])),
            "availability": sent(self.organization, lambda: bookings.availability(services=[self.service.id], **month)),
            "calendar": self.calendar_statements(now),
        }
        known = {"organization": self.organization.id, "service": self.service.id, "professional": self.professional.id}
        vertical = {"vertical": self.professional.vertical_id, "statements": statements}
        path.write_text(json.dumps(known | vertical, default=str))

    def calendar_statements(self, now: datetime) -> list[str]:
        start = self.free_starts()[0]

        def read() -> None:
            calendars([service_queries.get(self.service.id)], start, start + timedelta(microseconds=1), now=now)

        return sent(self.organization, read)[2:]


def sent(organization: Organization, read: Callable[[], object]) -> list[str]:
    """The statements of a read, the scope's own among them."""
    with CaptureQueriesContext(connection) as captured, organization_scope(organization, SYSTEM):
        read()
    return [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
