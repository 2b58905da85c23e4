"""Availability: a fixed number of statements, an index for each, and what lapsed holds leave behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, professionals, services
from bookings import queries
from bookings.errors import RangeTooLong, TooManySlots
from bookings.models import Occupancy, Session
from tests.studio import PRICE, Studio, open_studio


def asked(studio: Studio, **changes: Any) -> queries.slots.Availability:
    wanted: dict[str, Any] = {
        "services": [studio.service.id],
        "from_at": studio.at(0),
        "to_at": studio.at(0) + timedelta(days=30),
    }
    with organization_scope(studio.organization, SYSTEM):
        return bookings.availability(**wanted | changes)


def asked_within(studio: Studio) -> None:
    """In a scope that is open already."""
    bookings.availability(services=[studio.service.id], from_at=studio.at(0), to_at=studio.at(23))


def fill(studio: Studio, days: int, hours: tuple[int, ...]) -> None:
    """Write many past sessions and occupancies at once."""
    with organization_scope(studio.organization, SYSTEM):
        starts = [studio.at(hour) - timedelta(days=day) for day in range(1, days + 1) for hour in hours]
        common = {"service": studio.service, "professional": studio.professional, "capacity": 1, "seats_taken": 1}
        sessions = Session.objects.bulk_create(
            Session(starts_at=start, ends_at=start + timedelta(hours=1), **common) for start in starts
        )
        Occupancy.objects.bulk_create(
            Occupancy(session=one, subject=studio.professional.id, starts_at=one.starts_at, ends_at=one.ends_at)
            for one in sessions
        )


def test_a_day_has_its_slots(organization: Organization) -> None:
    studio = open_studio(organization)
    found = asked(studio, to_at=studio.at(23))
    slots = found.slots
    assert (found.timezone, [day.date for day in found.days]) == ("UTC", [studio.day()])
    assert [slot.starts_at for slot in slots] == [studio.at(hour) for hour in range(9, 17)]
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(hours=1)}
    assert all(slot.professionals == [studio.professional.id] and slot.seats_left == 1 for slot in slots)


def test_days_are_those_of_the_zone_asked_for(organization: Organization) -> None:
    studio = open_studio(organization)
    found = asked(studio, to_at=studio.at(23), timezone="Pacific/Auckland")
    assert [len(day.slots) for day in found.days] == [2, 6]  # from 11:00 UTC on it is the next day there


def test_a_class_shows_the_seats_that_are_left(organization: Organization) -> None:
    studio = open_studio(organization, capacity=3)
    with organization_scope(organization, SYSTEM):
        bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
    left = {slot.starts_at.hour: slot.seats_left for slot in asked(studio, to_at=studio.at(12)).slots}
    assert left == {9: 3, 10: 2, 11: 3}


def test_a_professional_is_asked_for_with_all_active_services(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        services.publish(studio.professional.id, name="Short", duration_minutes=30, price=PRICE)
    found = asked(studio, services=[], professionals=[studio.professional.id], to_at=studio.at(23))
    assert len(found.slots) == 8 + 16


def test_two_services_of_one_professional_are_one_offer(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        services.publish(studio.professional.id, name="Other", duration_minutes=60, price=PRICE)
    found = asked(studio, services=[], professionals=[studio.professional.id], to_at=studio.at(23))
    assert {slot.seats_left for slot in found.slots} == {1}


def test_services_and_professionals_are_combined_with_and(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        other = professionals.onboard(email="other@example.com", name="Other", vertical="consulting").id
    assert asked(studio, professionals=[studio.professional.id]).days
    assert not asked(studio, professionals=[other]).days


def test_a_slot_of_a_class_ends_when_its_session_ends(organization: Organization) -> None:
    studio = open_studio(organization, capacity=3)
    with organization_scope(organization, SYSTEM):
        bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
        services.update(studio.service.id, duration_minutes=90, slot_interval_minutes=60)
    [ends] = [slot.ends_at for slot in asked(studio).slots if slot.starts_at == studio.at(10)]
    assert ends == studio.at(11)


def test_an_answer_that_would_be_too_large_is_refused(organization: Organization) -> None:
    studio = open_studio(organization, duration_minutes=1)
    with organization_scope(organization, SYSTEM):
        all_day = [(weekday, 0, 1440) for weekday in range(7)]
        professionals.set_working_hours(studio.professional.id, timezone="UTC", weekly=all_day, overrides={})
    assert asked(studio, to_at=studio.at(0) + timedelta(days=13))
    with pytest.raises(TooManySlots):
        asked(studio)


def test_an_unverified_professional_has_no_slots(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        professionals.update(studio.professional.id, vertical="beauty")
    assert asked(studio).days == []


def test_a_withdrawn_service_has_no_slots(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        services.deactivate(studio.service.id)
    assert asked(studio).days == []


def test_at_most_92_days(organization: Organization) -> None:
    studio = open_studio(organization)
    assert asked(studio, to_at=studio.at(0) + timedelta(days=92))
    with pytest.raises(RangeTooLong):
        asked(studio, to_at=studio.at(0) + timedelta(days=92, microseconds=1))


def statements(studio: Studio, **changes: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        asked(studio, **changes)
    return len(captured)


def test_the_number_of_statements_does_not_depend_on_what_is_asked(organization: Organization) -> None:
    studio = open_studio(organization)
    alone = statements(studio)
    fill(studio, 20, (9, 11))
    with organization_scope(organization, SYSTEM):
        ids = [studio.service.id]
        for number in range(5):
            other = professionals.onboard(email=f"p{number}@example.com", name="P", vertical="consulting")
            ids.append(services.publish(other.id, name="S", duration_minutes=30, price=PRICE).id)
        bookings.hold(client=studio.client.id, service=ids[0], starts_at=studio.at(10))
    assert statements(studio, services=ids) == alone


def test_the_busy_query_walks_its_index_under_row_level_security(organization: Organization) -> None:
    """Seen on a filled table: a condition that is not leakproof would only filter, after reading a whole calendar."""
    studio = open_studio(organization)
    fill(studio, 400, tuple(range(24)))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE bookings_occupancy, bookings_session")
    with organization_scope(organization, SYSTEM):
        with CaptureQueriesContext(connection) as captured:
            asked_within(studio)
        busy = next(query["sql"] for query in captured if 'FROM "bookings_occupancy"' in query["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (COSTS OFF) {busy}")
            plan = " ".join(line for (line,) in cursor.fetchall())
    condition = plan.partition("Index Cond:")[2].partition("Filter:")[0]
    assert "occupancy_busy" in plan, plan
    assert all(part in condition for part in ("organization_id", "subject", "starts_at >", "starts_at <"))


def test_a_status_filter_reads_lapsed_holds_as_expired(organization: Organization) -> None:
    studio = open_studio(organization)
    with organization_scope(organization, SYSTEM):
        booking = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))
        deadline = booking.hold_expires_at
        assert deadline
        before, after = queries.listed(deadline - timedelta(seconds=1)), queries.listed(deadline)
        assert [queries.with_status(before, word).count() for word in ("held", "expired")] == [1, 0]
        assert [queries.with_status(after, word).count() for word in ("held", "expired")] == [0, 1]
    with pytest.raises(ValueError, match="pending"):
        queries.stored_status("pending")
