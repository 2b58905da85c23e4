"""Seeds an organization: its people in its own scope, then what they have booked by COPY.

COPY runs as the owner: PostgreSQL refuses it to everybody whom a table's row-level policies bind, and the way round, a
temporary table and INSERT ... SELECT as the app role, writes every row twice. The rows name their organization
themselves. Every constraint and index stays in place and is checked as the rows come in, so that this may run on a
server where others work.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import batched
from random import Random
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from authspine.identity.models import Organization
from authspine.kernel import clock, times
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.seeding import people as seeded_people
from authspine.operations.seeding.people import People
from authspine.operations.seeding.plan import Entry, diary, grid
from authspine.operations.seeding.rows import Rows
from authspine.orchestrator import bookings as booking_journeys

TOGETHER = 20  # professionals whose rows go in with one COPY for each table
MOST_HANDS = 4
PATIENCE = 600  # seconds that a hand waits for the others

type Told = Callable[[int], Any]


def seed(organization: Organization, *, bookings: int, professionals: int, seed: int, progress: Told = int) -> None:
    """Fill an empty organization: all of its bookings or none. Called outside of any scope.

    `progress` is told how many bookings have been written since. ValueError when a professional has fewer hours.
    """
    now = clock.now()
    with organization_scope(organization, SYSTEM):
        people = seeded_people.make(organization, professionals=professionals, now=now)
    rows = Rows(organization, people, policy_of(organization, people), now)
    hands = min(os.cpu_count() or 1, MOST_HANDS, professionals)
    gate, turn = Barrier(hands), Lock()

    def tell(number: int) -> None:
        with turn:
            progress(number)

    with ThreadPoolExecutor(hands) as pool:
        shares = [
            diaries(range(hand, professionals, hands), organization.timezone, now, bookings // professionals, seed)
            for hand in range(hands)
        ]
        for ended in [pool.submit(write, rows, share, gate, tell) for share in shares]:
            ended.result()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "ANALYZE bookings_session, bookings_occupancy, bookings_booking,"
            " payments_ledgertransaction, payments_ledgerentry"
        )


def diaries(
    numbers: Iterable[int], zone: str, now: datetime, bookings: int, seed: int
) -> Iterator[tuple[int, list[Entry]]]:
    """The bookings of these professionals, each with its position. Each depends on the seed and its position alone."""
    here = times.local_date(now, times.zone(zone))
    hours, today = grid(here, zone), datetime.combine(here, time(), UTC)
    for number in numbers:
        chance = Random(f"{seed}:{number}")  # noqa: S311 (the same for the same seed is what is wanted)
        yield number, list(diary(chance, hours, today=today, bookings=bookings))


def write(rows: Rows, plans: Iterator[tuple[int, list[Entry]]], gate: Barrier, tell: Told) -> None:
    """One of the hands, with a connection of its own. None commits before all have written."""
    try:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            for several in batched(plans, TOGETHER):
                tell(rows.copy(cursor, several))
            gate.wait(PATIENCE)
    except BrokenBarrierError:
        return  # another hand tells what went wrong
    except BaseException:
        gate.abort()
        raise
    finally:
        connections["owner"].close()


def policy_of(organization: Organization, people: People) -> dict[str, Any]:
    """What a booking of this organization keeps, learned from one that is held and rolled back."""
    with organization_scope(organization, SYSTEM):
        booking = booking_journeys.hold(
            client=UUID(people.clients[0][0]),
            service=UUID(people.services[0][0]),
            starts_at=clock.now() + timedelta(days=1),
            override=True,
        )
        transaction.set_rollback(True)
        return dict(booking.policy)
