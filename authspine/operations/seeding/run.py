"""Seeds an organization: its people in its own scope, then what they have booked by COPY.

COPY runs as the owner: PostgreSQL refuses COPY into a table with row-level policies to everybody whom they bind, and the
way round, a temporary table and INSERT ... SELECT as the app role, writes every row twice. The rows name the organization
themselves. Every constraint and index stays in place and is checked as the rows come in, so that this may run on a
server where others work.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import batched
from random import Random
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from authspine.identity.models import Organization
from authspine.kernel import clock, times
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.operations.seeding import people as seeded_people
from authspine.operations.seeding.lines import NULL, Lines
from authspine.operations.seeding.people import People
from authspine.operations.seeding.plan import FREE, HOLD, KINDS, Entry, diary, grid
from authspine.orchestrator import bookings as booking_journeys
from bookings.models import Booking, Occupancy, Session

TOGETHER = 20  # professionals whose rows go in with one COPY for each table
DEADLINE = timedelta(days=1)
CLIENT_BOOKINGS = 20


def seed(
    organization: Organization, *, bookings: int, professionals: int, seed: int, progress: Callable[[int], Any] = int
) -> None:
    """Fill an empty organization. The bookings come to be in one transaction. Called outside of any scope.

    `progress` is told how many bookings have been written since. ValueError when a professional has fewer hours.
    """
    now = clock.now()
    clients = max(1, bookings // CLIENT_BOOKINGS)
    with organization_scope(organization, SYSTEM):
        people = seeded_people.make(organization, professionals=professionals, clients=clients, now=now)
    writer = Writer(organization, people, policy_of(organization, people), now)
    plans = diaries(organization.timezone, people, now, bookings, seed)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for several in batched(plans, TOGETHER):
            progress(writer.write(cursor, several))
        cursor.execute("ANALYZE bookings_session, bookings_occupancy, bookings_booking")


def diaries(zone: str, people: People, now: datetime, bookings: int, seed: int) -> Iterator[tuple[int, list[Entry]]]:
    """Each professional's position and bookings: each has as many as the others, or one more."""
    here = times.local_date(now, times.zone(zone))
    hours, today = grid(here, zone), datetime.combine(here, time(), UTC)
    for number in range(len(people.professionals)):
        share = (bookings + number) // len(people.professionals)
        chance = Random(f"{seed}:{number}")  # noqa: S311 (the same for the same seed is what is wanted)
        yield number, list(diary(chance, hours, today=today, bookings=share, clients=len(people.clients)))


def policy_of(organization: Organization, people: People) -> dict[str, Any]:
    """What a booking of this organization keeps, learned from one that is held and rolled back."""
    with organization_scope(organization, SYSTEM):
        booking = booking_journeys.hold(
            client=UUID(people.clients[0]),
            service=UUID(people.professionals[0][1][0]),
            starts_at=clock.now() + DEADLINE,
            override=True,
        )
        transaction.set_rollback(True)
        return dict(booking.policy)


class Writer:
    """Turns entries into lines of the three tables, and copies them."""

    def __init__(self, organization: Organization, people: People, policy: dict[str, Any], now: datetime) -> None:
        self.people = people
        self.deadline = str(now + DEADLINE)
        common = {"organization_id": organization.id}
        stamps = ("id", "created_at", "updated_at", "starts_at", "ends_at")
        self.sessions = Lines(
            Session, (*stamps, "service_id", "professional_id", "seats_taken"), capacity=1, **common
        )
        self.occupancies = Lines(Occupancy, (*stamps, "session_id", "subject", "active"), **common)
        self.bookings = Lines(
            Booking,
            ("id", "created_at", "updated_at", "session_id", "client_id", "status", "total_cents", "hold_expires_at",
             "confirmed_at", "closed_at", "cancelled_by"),
            vertical_id=people.vertical.id,
            timezone=organization.timezone,
            currency=organization.currency,
            policy=policy,
            **common,
        )  # fmt: skip

    def write(self, cursor: Any, plans: tuple[tuple[int, list[Entry]], ...]) -> int:
        """The rows of some professionals; how many bookings."""
        rows = [self.rows(number, entry) for number, entries in plans for entry in entries]
        tables = (self.sessions, self.occupancies, self.bookings)
        for table, lines in zip(tables, zip(*rows, strict=True), strict=True):
            with cursor.copy(table.statement) as copy:
                copy.write("".join(lines))
        return len(rows)

    def rows(self, number: int, entry: Entry) -> tuple[str, str, str]:
        professional, services = self.people.professionals[number]
        session = str(new_id())
        taken = entry.status not in FREE
        stamps = {"created_at": entry.created_at.isoformat(), "starts_at": entry.starts_at.isoformat()}
        stamps["updated_at"] = stamps["created_at"]
        return (
            self.sessions.row({
                "id": session, "service_id": services[entry.kind], "professional_id": professional,
                "ends_at": entry.ends_at.isoformat(), "seats_taken": int(taken), **stamps,
            }),
            self.occupancies.row({
                "id": new_id(), "session_id": session, "subject": professional,
                "ends_at": entry.occupied_until.isoformat(), "active": "t" if taken else "f", **stamps,
            }),
            self.bookings.row({
                "id": new_id(), "session_id": session, "client_id": self.people.clients[entry.client],
                "status": entry.status, "total_cents": KINDS[entry.kind].price_cents,
                "cancelled_by": "key" if entry.status == "cancelled" else "", **stamps, **self.course(entry),
            }),
        )  # fmt: skip

    def course(self, entry: Entry) -> dict[str, str]:
        """When its hold ran out, when it was confirmed, and when it was over."""
        waiting = entry.status in ("pending", "requested")
        unanswered = waiting or entry.status in ("expired", "declined")
        return {
            "hold_expires_at": self.deadline if waiting else (entry.created_at + HOLD).isoformat(),
            "confirmed_at": NULL if unanswered else entry.created_at.isoformat(),
            "closed_at": entry.closed_at.isoformat() if entry.closed_at else NULL,
        }
