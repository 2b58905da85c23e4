"""Bookings at once never wait for the chain of the audit, and none of their entries is missing from it."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import auditing, bookings
from tests.audit.chains import add_entries
from tests.audit.entries import entries
from tests.races.test_holds import race
from tests.studio import Studio, open_studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


def in_the_chain(studio: Studio, work: Callable[[], None]) -> None:
    """Run it while the chain is being made, and cannot end: as a batch that takes long holds it, with its entries."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(studio.organization.id)])
        cursor.execute("SELECT audit_chain(1000)")
        work()


def hold(studio: Studio, number: int) -> None:
    with organization_scope(studio.organization, SYSTEM):
        bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10 + number))


def test_a_hold_does_not_wait_for_the_chain(studio: Studio) -> None:
    outcomes: list[object] = []
    in_the_chain(studio, lambda: outcomes.append(race(lambda number: hold(studio, number), clients=5)))
    assert outcomes == [{"ok": 5}]


def test_the_control_who_chains_waits_for_the_chain(studio: Studio) -> None:
    """So that the test above holds what it says: were a hold to chain its entries itself, it would time out."""
    waited: list[str] = []

    def chained() -> None:
        try:
            with organization_scope(studio.organization, SYSTEM), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                cursor.execute("SELECT audit_chain(1000)")
        except OperationalError as error:
            waited.append(str(error.__cause__ and type(error.__cause__).__name__))
        finally:
            connection.close()

    def in_another_thread() -> None:
        thread = threading.Thread(target=chained)
        thread.start()
        thread.join()

    in_the_chain(studio, in_another_thread)
    assert waited == ["LockNotAvailable"]


def test_several_chain_at_once_while_bookings_are_made(studio: Studio) -> None:
    """Every number once, none left out, and the hashes fit."""
    add_entries(studio.organization, 300)

    def attempt(number: int) -> None:
        if number % 2:
            auditing.chain_all()
        else:
            hold(studio, number // 2)

    assert race(attempt, clients=10) == {"ok": 10}
    auditing.extend(studio.organization)
    assert auditing.prove(studio.organization).faults == []
    found = entries(studio.organization)
    assert sorted(entry.number or 0 for entry in found) == list(range(1, len(found) + 1))
    with organization_scope(studio.organization, SYSTEM):
        assert AuditEntry.objects.filter(resource="bookings.Booking", verb="create").count() == 5
