"""A seeded organization: every constraint holds, the numbers are as asked for, and the engine works on it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from psycopg.errors import UniqueViolation

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations import seeding
from authspine.operations.seeding import plan, run
from authspine.orchestrator import bookings as journeys
from authspine.orchestrator import ledger
from bookings.models import Booking, Occupancy, Session
from clients.models import Client
from professionals.models import Professional
from services.models import Offer, Service
from tests.fixtures import new_organization

BOOKINGS, PROFESSIONALS = 2_000, 10


def seeded(**changes: Any) -> Organization:
    organization = new_organization(timezone="Europe/Berlin")
    wanted = {"bookings": BOOKINGS, "professionals": PROFESSIONALS, "seed": 1} | changes
    call_command("seed_bookings", organization=organization.slug, verbosity=0, **wanted)
    return organization


@pytest.fixture(scope="module")
def business(database: str) -> Organization:
    return seeded()


def look(organization: Organization) -> list[Any]:
    """What the seed decides: everything but ids and the time of writing."""
    with organization_scope(organization, SYSTEM):
        rows = Booking.objects.select_related("session__professional", "session__service", "client")
        return [
            (
                row.session.professional.name,
                row.session.service.name,
                row.client.name,
                row.session.starts_at,
                row.session.ends_at,
                row.status,
                row.created_at,
                row.closed_at,
            )
            for row in rows.order_by("session__professional__name", "session__starts_at")
        ]


def test_its_ledger_is_clean(business: Organization) -> None:
    found = ledger.check(business, SYSTEM)
    assert found.differences == []
    assert {account for account, _, cents in found.sums if cents} == {"client_receivable", "revenue"}


def test_there_is_as_much_as_was_asked_for(business: Organization) -> None:
    with organization_scope(business, SYSTEM):
        numbers = {model: model.objects.count() for model in (Booking, Session, Occupancy, Professional)}
        assert numbers == dict.fromkeys((Booking, Session, Occupancy), BOOKINGS) | {Professional: PROFESSIONALS}
        assert Service.objects.count() == Offer.objects.count() == PROFESSIONALS * len(plan.KINDS)
        assert Client.objects.count() == PROFESSIONALS * plan.REGULARS
        statuses = Counter(Booking.objects.values_list("status", flat=True))
        assert statuses["completed"] > BOOKINGS / 3
        assert statuses["confirmed"] > BOOKINGS / 3
        assert {"cancelled", "no_show", "expired"} < set(statuses)
        now = clock.now()
        assert Booking.objects.filter(session__starts_at__lt=now - timedelta(days=300)).exists()
        assert Booking.objects.filter(session__starts_at__gt=now + timedelta(days=300)).exists()
        assert not Booking.objects.filter(created_at__gt=now).exists()


def test_no_time_is_taken_twice_and_seats_agree_with_bookings(business: Organization) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM bookings_occupancy a JOIN bookings_occupancy b ON a.subject = b.subject"
            " AND a.id < b.id AND a.active AND b.active AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
            " WHERE a.organization_id = %s",
            [business.id],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM bookings_booking b JOIN bookings_session s ON s.id = b.session_id"
            " JOIN bookings_occupancy o ON o.session_id = s.id WHERE b.organization_id = %s AND"
            " ((s.seats_taken = 1) <> (b.status NOT IN ('cancelled', 'expired', 'declined'))"
            " OR o.active <> (s.seats_taken = 1))",
            [business.id],
        )
        assert cursor.fetchone() == (0,)


def test_the_engine_works_on_it(business: Organization) -> None:
    with organization_scope(business, SYSTEM):
        service = Service.objects.filter(name="Consultation").first()
        assert service
        now = clock.now()
        month: Any = {"from_at": now, "to_at": now + timedelta(days=30)}
        offered = [slot.starts_at for slot in journeys.availability(services=[service.id], **month).slots]
        busy = Occupancy.objects.filter(subject=service.professional_id, active=True)
        taken = set(busy.filter(starts_at__in=offered).values_list("starts_at", flat=True))
        assert len(offered) > 50
        assert not taken
        client = Client.objects.first()
        assert client
        held = journeys.hold(client=client.id, service=service.id, starts_at=offered[0])
        kept = Booking.objects.exclude(id=held.id).first()
        assert kept
        assert kept.policy == held.policy
        transaction.set_rollback(True)


def test_the_same_seed_gives_the_same_bookings(business: Organization) -> None:
    again, other = seeded(), seeded(seed=2)
    assert look(business) == look(again)
    assert look(business) != look(other)


def test_a_plan_never_overlaps() -> None:
    today = datetime(2026, 12, 1, tzinfo=UTC)
    for zone in ("UTC", "Europe/Berlin", "Asia/Kathmandu"):
        entries = list(plan.diary(Random(1), plan.grid(today.date(), zone), today=today, bookings=plan.MOST))
        assert len(entries) == plan.MOST
        assert all(one.occupied_until <= other.starts_at for one, other in pairwise(entries))
        assert all((one.closed_at is None) == (one.status in ("confirmed", "pending", "requested")) for one in entries)


def test_an_organization_in_use_is_refused(business: Organization) -> None:
    with pytest.raises(CommandError, match="in use"):
        call_command("seed_bookings", organization=business.slug, bookings=10, professionals=1)
    with pytest.raises(CommandError, match="no organization"):
        call_command("seed_bookings", organization="nowhere", bookings=10, professionals=1)


@pytest.mark.parametrize(("bookings", "professionals"), [(10, 0), (10, 3), (0, 1), (5_000, 1), (-1, 1)])
def test_what_cannot_be_shared_out_is_refused(organization: Organization, bookings: int, professionals: int) -> None:
    with pytest.raises(CommandError, match="as many bookings as the others"):
        call_command("seed_bookings", organization=organization.slug, bookings=bookings, professionals=professionals)


def test_when_one_hand_fails_nobody_commits(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    real = run.diaries

    def doubled(numbers: Any, *rest: Any) -> Any:
        """The last professional is booked twice at the same times."""
        for number, entries in real(numbers, *rest):
            yield number, entries * 2 if number == PROFESSIONALS - 1 else entries

    monkeypatch.setattr(run, "diaries", doubled)
    with pytest.raises(UniqueViolation, match="bookings_session_once"):
        seeding.seed(organization, bookings=100, professionals=PROFESSIONALS, seed=1)
    with organization_scope(organization, SYSTEM):
        assert not Booking.objects.exists()
        assert not Occupancy.objects.exists()
