"""Availability as a function of what lies in the tables: 10,000 bookings beside 1,000,000 in one database."""

import itertools
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, organizations
from benchmark.load import Side, take_turns
from benchmark.sections import Sizes
from benchmark.table import Table
from bookings.models import Booking
from services.models import Service

EACH = 500  # bookings of a professional, in both
SMALL = 10_000
MONTH = timedelta(days=30)
MANY = 100
LONGEST_SEEDING = 120


def measure(sizes: Sizes) -> None:
    table = Table("Availability of 30 days, in-process, milliseconds", ["p50", "p95", "statements", "ratio"])
    few, _ = seeded(SMALL)
    many, took = seeded(sizes.bookings)
    here, there = Side(one_by_one(few)), Side(one_by_one(many))
    take_turns("availability", [here, there], rounds=sizes.rounds, calls=sizes.calls)
    table.row(f"one professional, {SMALL:,} bookings", here.p(0.5), here.p(0.95), statements(few, 1))
    ratio, number = there.p(0.5) / here.p(0.5), statements(many, 1)
    name = f"one professional, {sizes.bookings:,} bookings"
    table.row(name, there.p(0.5), there.p(0.95), number, ratio, target="ratio <= 1.2", met=ratio <= 1.2)
    table.row("   its statements", number, target="<= 3", met=number <= 3)
    hundred, alone = Side(together(many, MANY)), Side(one_by_one(many))
    take_turns("availability of 100", [hundred, alone], rounds=sizes.rounds, calls=max(5, sizes.calls // 10))
    ratio, number = hundred.p(0.5) / alone.p(0.5), statements(many, MANY)
    table.row(
        f"{MANY} professionals", hundred.p(0.5), hundred.p(0.95), number, ratio, target="ratio < 15", met=ratio < 15
    )
    if took:
        table.row("seeding, seconds", took, target="< 120", met=took < LONGEST_SEEDING)
    table.show()


def seeded(number: int) -> tuple[Organization, float]:
    """An organization with so many bookings, and how many seconds they took: 0 when it was made earlier today."""
    slug = f"large-{number}-{clock.now():%Y%m%d}"
    found = Organization.objects.filter(slug=slug).first()
    if found:
        with organization_scope(found, SYSTEM):
            if Booking.objects.count() == number:
                return found, 0
        slug += f"-{clock.now():%H%M%S}"
    organization = organizations.create(name=slug, slug=slug)
    started = time.monotonic()
    call_command("seed_bookings", organization=slug, bookings=number, professionals=max(1, number // EACH), verbosity=0)
    return organization, time.monotonic() - started


def ids(organization: Organization) -> list[UUID]:
    with organization_scope(organization, SYSTEM):
        return list(Service.objects.filter(name="Consultation").order_by("id").values_list("id", flat=True))


def ask(organization: Organization, services: Sequence[UUID]) -> None:
    now = clock.now()
    with organization_scope(organization, SYSTEM):
        bookings.availability(services=services, from_at=now, to_at=now + MONTH)


def one_by_one(organization: Organization):  # type: ignore[no-untyped-def]
    """Another professional at each call."""
    turn = itertools.cycle(ids(organization))
    return lambda: ask(organization, [next(turn)])


def together(organization: Organization, number: int):  # type: ignore[no-untyped-def]
    turns = itertools.cycle(itertools.batched(ids(organization), number))
    return lambda: ask(organization, next(turns))


def statements(organization: Organization, number: int) -> int:
    """How many an availability sends; the scope's own is not counted."""
    now, services = clock.now(), ids(organization)[:number]
    with organization_scope(organization, SYSTEM), CaptureQueriesContext(connection) as captured:
        bookings.availability(services=services, from_at=now, to_at=now + MONTH)
    return len(captured)
