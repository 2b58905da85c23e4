"""Two at once for one record: whoever comes last wins whole, and nobody brings back what was taken away."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, payment_methods, professionals, services
from clients import actions as client_actions
from clients import queries as client_queries
from payments.actions import methods as method_actions
from payments.models import PaymentMethod
from professionals.actions import hours
from professionals.actions import professionals as people
from professionals.models import Professional, WorkingHours
from tests.fixtures import Maker
from tests.races.test_holds import race

type Rows = list[tuple[int, int, int]]

HOURS: list[Rows] = [[(weekday, 60 * start, 60 * start + 60) for weekday in range(5)] for start in (9, 15)]


def put_at_once(organization: Organization, professional: Professional) -> Rows:
    """Two put different hours in place of none; what is kept."""

    def put(weekly: Rows) -> None:
        with organization_scope(organization, SYSTEM):
            professionals.set_working_hours(professional.id, timezone="UTC", weekly=weekly, overrides={})

    put([])
    assert race(lambda number: put(HOURS[number]), 2) == {"ok": 2}
    with organization_scope(organization, SYSTEM):
        return sorted(WorkingHours.objects.values_list("weekday", "start_minute", "end_minute"))


def between_removing_and_writing(monkeypatch: pytest.MonkeyPatch, pause: Callable[[], Any]) -> None:
    """Hold the window of the race open."""
    write = WorkingHours.objects.bulk_create

    def slow(rows: Any) -> Any:
        found = list(rows)
        if found:
            pause()
        return write(found)

    monkeypatch.setattr(WorkingHours.objects, "bulk_create", slow)


def test_hours_put_at_once_are_those_of_one(
    organization: Organization, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    between_removing_and_writing(monkeypatch, lambda: time.sleep(0.3))
    assert put_at_once(organization, make.professional()) in HOURS


def test_control_without_the_lock_hours_put_at_once_are_those_of_both(
    organization: Organization, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    professional = make.professional()
    meeting = threading.Barrier(2)
    monkeypatch.setattr(hours, "lock_row", lambda *_, **__: None)
    between_removing_and_writing(monkeypatch, lambda: meeting.wait(20))
    assert put_at_once(organization, professional) == sorted(HOURS[0] + HOURS[1])


def test_a_change_that_waits_for_a_deletion_finds_nobody(organization: Organization, make: Maker) -> None:
    client = make.booking().client  # with a booking the row stays, and could be written to
    deleted = threading.Event()

    def delete_or_change(number: int) -> None:
        with organization_scope(organization, SYSTEM):
            if number:
                clients.delete(client.id)
                deleted.set()
                time.sleep(0.3)  # the change has read the client as it was, and waits for this to end
            else:
                deleted.wait(20)
                clients.update(client.id, name="Other")

    assert race(delete_or_change, 2) == {"ok": 1, "not_found": 1}
    with organization_scope(organization, SYSTEM):
        assert not client_queries.present().filter(id=client.id).exists()


def client(make: Maker) -> Callable[[], Any]:
    made = make.client()
    return lambda: clients.delete(made.id)


def client_with_history(make: Maker) -> Callable[[], Any]:
    made = make.booking().client
    return lambda: clients.delete(made.id)


def professional(make: Maker) -> Callable[[], Any]:
    made = make.professional()
    return lambda: professionals.delete(made.id)


def professional_with_history(make: Maker) -> Callable[[], Any]:
    booked = make.booking().session.service
    with organization_scope(make.organization, SYSTEM):
        services.deactivate(booked.id)  # or its end would be told of too
    return lambda: professionals.delete(booked.professional_id)


def time_off(make: Maker) -> Callable[[], Any]:
    made = make.time_off()
    return lambda: professionals.end_time_off(made.professional_id, made.id)


def payment_method(make: Maker) -> Callable[[], Any]:
    whose = make.client()
    with organization_scope(make.organization, SYSTEM):
        made = method_actions.add(whose, type="card", gateway_id="pm_1", now=clock.now())
    return lambda: payment_methods.forget(made.id)


# Where the row of a person goes there is a receipt besides, of which the database takes one alone.
WITH_RECEIPT = [client, professional]
WITHOUT_RECEIPT = [client_with_history, professional_with_history, time_off, payment_method]


def delete_at_once(make: Maker, deletion: Callable[[Maker], Callable[[], Any]]) -> tuple[Counter[str], int]:
    """Two delete the same; how they fared, and how many events tell of it."""
    delete, deleted = deletion(make), threading.Event()
    before = events(make.organization)

    def attempt(number: int) -> None:
        with organization_scope(make.organization, SYSTEM):
            if number:
                deleted.wait(20)
            delete()
            if not number:
                deleted.set()
                time.sleep(0.3)  # the other has read the row as it was, and waits for this to end

    return race(attempt, 2), events(make.organization) - before


def events(organization: Organization) -> int:
    with organization_scope(organization, SYSTEM):
        return AnalyticsEvent.objects.count()


@pytest.mark.parametrize("deletion", [*WITH_RECEIPT, *WITHOUT_RECEIPT])
def test_what_two_delete_at_once_is_deleted_once(make: Maker, deletion: Any) -> None:
    assert delete_at_once(make, deletion) == ({"ok": 1, "not_found": 1}, 1)


@pytest.mark.parametrize("deletion", WITHOUT_RECEIPT)
def test_control_without_the_lock_both_tell_of_a_deletion(
    make: Maker, deletion: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (client_actions, people, hours, method_actions):
        monkeypatch.setattr(module, "lock_row", lambda *_, **__: None, raising=False)
    assert delete_at_once(make, deletion) == ({"ok": 2}, 2)


def keep_at_once(make: Maker, keep: Callable[[int], Any]) -> Counter[str]:
    """Two make something of one client's the default, the second while the first has not committed."""
    begun = threading.Event()

    def attempt(number: int) -> None:
        with organization_scope(make.organization, SYSTEM):
            if number:
                begun.wait(20)
            try:
                keep(number)
            except IntegrityError as error:
                raise Conflict from error
            if not number:
                begun.set()
                time.sleep(0.3)

    return race(attempt, 2)


def first_cards(make: Maker) -> Callable[[int], Any]:
    whose = make.client()
    return lambda number: method_actions.add(whose, type="card", gateway_id=f"pm_{number}", now=clock.now())


def other_defaults(make: Maker) -> Callable[[int], Any]:
    add = first_cards(make)
    with organization_scope(make.organization, SYSTEM):
        cards = [add(number) for number in range(3)]
    return lambda number: payment_methods.set_default(cards[1 + number].id)


@pytest.mark.parametrize("kept", [first_cards, other_defaults])
def test_of_two_made_the_default_at_once_one_is(make: Maker, kept: Any) -> None:
    assert keep_at_once(make, kept(make)) == {"ok": 2}
    with organization_scope(make.organization, SYSTEM):
        assert PaymentMethod.objects.filter(is_default=True).count() == 1


@pytest.mark.parametrize("kept", [first_cards, other_defaults])
def test_control_without_the_lock_one_default_is_refused(
    make: Maker, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(method_actions, "lock_row", lambda *_, **__: None)
    assert keep_at_once(make, kept(make)) == {"ok": 1, "conflict": 1}
