"""A seeded business to be measured: its key, its services, the times that are free, and what a booking of it reads."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from authspine.identity.actions import create_api_key
from authspine.identity.models import Organization
from authspine.identity.queries import live_key
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations import seeding
from authspine.orchestrator import bookings, organizations
from clients.models import Client
from services.models import Service

SERVICE = "Consultation"  # an hour, the whole hours of the working week
AHEAD = timedelta(days=80)
WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Offered:
    """A service of one professional, as the bare views need it."""

    id: str
    professional: str
    vertical: str
    minutes: int
    total_cents: int
    currency: str


class Business:
    """An organization of its own with so many bookings, all committed."""

    def __init__(self, name: str, *, bookings: int, professionals: int) -> None:
        self.organization = organizations.create(name=f"{name} {clock.now().timestamp():.0f}")
        seeding.seed(self.organization, bookings=bookings, professionals=professionals, seed=1)
        self.key = create_api_key(self.organization, scope="write")[1]
        with organization_scope(self.organization, SYSTEM):
            found = Service.objects.filter(name=SERVICE).select_related("professional").order_by("professional__name")
            self.offered = [_offered(service) for service in found]
            self.clients = [str(one) for one in Client.objects.values_list("id", flat=True)[:200]]
        self.times = self._free()

    def _free(self) -> Iterator[tuple[Offered, str]]:
        """Times that can be booked, each once: the professionals take turns, and so do their days."""
        now = clock.now() + timedelta(days=1)
        columns = []
        with organization_scope(self.organization, SYSTEM):
            for one in self.offered:
                found = bookings.availability(services=[UUID(one.id)], from_at=now, to_at=now + AHEAD)
                columns.append([(one, slot.starts_at.isoformat()) for slot in found.slots])
        self.free_times = sum(map(len, columns))
        for row in zip_longest(*columns):
            yield from filter(None, row)

    def record(self, **more: list[str]) -> None:
        """Write down, for the bare views, what the platform reads when it books; the ids stand as marks."""
        offered, starts_at = next(self.times)
        names = {offered.id: "{service}", offered.professional: "{professional}", self.clients[0]: "{client}"}
        with organization_scope(self.organization, SYSTEM), CaptureQueriesContext(connection) as holding:
            booking = bookings.hold(
                client=UUID(self.clients[0]), service=UUID(offered.id), starts_at=datetime.fromisoformat(starts_at)
            )
            with CaptureQueriesContext(connection) as confirming:
                bookings.confirm(booking.id)
            policy = booking.policy
            transaction.set_rollback(True)
        held = holding.captured_queries[: len(holding) - len(confirming)]
        statements = {
            "key": reads(captured(lambda: live_key(self.key, now=clock.now())), {}),
            "hold": reads(held, names),
            "confirm": reads(confirming.captured_queries, names | {str(booking.id): "{booking}"}),
        }
        known = {
            "organization": str(self.organization.id),
            "services": {one.id: asdict(one) for one in self.offered},
            "policy": json.dumps(policy),
            "statements": statements | more,
        }
        Path(os.environ["BENCHMARK_RECORDING"]).write_text(json.dumps(known))


def captured(read: Callable[[], object]) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as found:
        read()
    return found.captured_queries


def reads(captured: list[dict[str, str]], names: dict[str, str]) -> list[str]:
    """The statements that only read, with marks in place of the ids that are named."""
    found = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "WITH"))]
    kept = [sql for sql in found if not WRITES.search(sql.replace("FOR UPDATE", "").replace("FOR NO KEY UPDATE", ""))]
    for value, mark in names.items():
        kept = [sql.replace(value, mark) for sql in kept]
    return kept


def sent(organization: Organization, read: Callable[[], object]) -> list[str]:
    """The statements of a read, the scope's own among them."""
    with CaptureQueriesContext(connection) as captured, organization_scope(organization, SYSTEM):
        read()
    return [query["sql"] for query in captured if query["sql"].startswith("SELECT")]


def _offered(service: Any) -> Offered:
    professional = service.professional
    return Offered(
        id=str(service.id),
        professional=str(professional.id),
        vertical=str(professional.vertical_id),
        minutes=service.duration_minutes,
        total_cents=service.price_cents,
        currency=service.currency,
    )
