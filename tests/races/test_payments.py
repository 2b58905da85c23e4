"""Many at once for one sum of money: it moves once. Each has a control that shows the race when the guard is off."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from authspine.identity.models import Organization
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from bookings.models import Booking
from payments import gateway, queries
from payments.actions import disputes
from payments.actions import intents as intent_actions
from payments.actions import refunds as refund_actions
from payments.errors import RefundTooLarge
from payments.models import PaymentIntent, Refund
from tests.gateways import GOOD_CARD, charged, given_back
from tests.payments.paying import STAFF, book, confirm, events, paid, refund, shop, start, stored
from tests.races.test_holds import race
from tests.sandboxes import Sandbox
from tests.studio import Studio

CLIENTS = 20


@pytest.fixture(autouse=True)
def connections_for_all() -> Iterator[None]:
    """Every thread holds a connection of its own, so that all are really at it at once."""
    pool: Any = connections["default"].pool  # type: ignore[attr-defined]
    least, most = pool.min_size, pool.max_size
    pool.resize(least, CLIENTS + 4)
    yield
    pool.resize(least, most)


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def refunds(studio: Studio) -> list[int]:
    with organization_scope(studio.organization, STAFF):
        return [row.amount_cents for row in Refund.objects.filter(status="succeeded")]


@pytest.mark.parametrize("method", ["cash", "card"])
def test_twenty_full_refunds_are_one(studio: Studio, method: str) -> None:
    intent = paid(studio, method=method)
    outcomes = race(lambda _: refund(studio, intent), CLIENTS)
    assert outcomes == {"ok": 1, "nothing_to_refund": CLIENTS - 1}
    assert (refunds(studio), stored(studio, intent).refunded_cents) == ([7500], 7500)
    if method == "card":
        assert given_back(intent.gateway_id) == [7500]


def test_ten_fifths_are_five(studio: Studio) -> None:
    intent = paid(studio, method="cash")
    outcomes = race(lambda _: refund(studio, intent, 1500), 10)
    assert outcomes == {"ok": 5, "nothing_to_refund": 5}
    assert (refunds(studio), stored(studio, intent).refunded_cents) == ([1500] * 5, 7500)


def test_twenty_starts_are_one_attempt(studio: Studio) -> None:
    booking = book(studio)
    outcomes = race(lambda _: start(studio, booking, "card"), CLIENTS)
    assert set(outcomes) <= {"ok", "payment_in_progress"}  # it is taken up by those who find it announced
    assert events(studio) == ["payment.created"]


def test_twenty_confirmations_are_one_charge(studio: Studio) -> None:
    booking = book(studio)
    intent = start(studio, booking)
    assert race(lambda _: confirm(studio, intent, GOOD_CARD), CLIENTS) == {"ok": CLIENTS}
    assert (charged(booking.id), events(studio)) == ([7500], ["payment.created", "payment.succeeded"])
    assert stored(studio, intent).captured_cents == 7500


def test_paying_while_the_next_attempt_starts_is_one_payment(studio: Studio) -> None:
    """Who starts while another's money is being recorded waits for it, and then finds the booking paid."""
    booking = book(studio)
    intent = start(studio, booking, "cash")

    def pay_or_start(number: int) -> PaymentIntent:
        return confirm(studio, intent) if number % 2 else start(studio, booking, "cash")

    outcomes = race(pay_or_start, CLIENTS)
    assert outcomes["ok"] >= CLIENTS / 2
    assert set(outcomes) <= {"ok", "payment_in_progress", "already_paid"}
    assert events(studio) == ["payment.created", "payment.succeeded"]


def overtaken(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One reads what is due and dawdles; another starts and pays meanwhile. Gives the amounts of all attempts."""
    booking, read, over = book(studio), threading.Event(), threading.Event()
    due = queries.due

    def dawdle(found: Booking, purpose: str) -> Money:
        cents = due(found, purpose)
        if not read.is_set():
            read.set()
            over.wait(1)  # with the lock the other one cannot get there
        return cents

    def slow_or_quick(number: int) -> None:
        if number == 0:
            start(studio, booking, "cash")
        else:
            read.wait(10)
            paid(studio, booking, "cash")
            over.set()

    monkeypatch.setattr(queries, "due", dawdle)
    assert race(slow_or_quick, 2) == {"ok": 2}
    with organization_scope(studio.organization, STAFF):
        return [intent.amount_cents for intent in PaymentIntent.objects.all()]


def unlocked(booking_id: UUID) -> Booking:
    found: Booking = Booking.objects.get(id=booking_id)
    return found


def test_what_is_due_is_decided_by_one_at_a_time(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert overtaken(studio, monkeypatch) == [7500]


def test_control_without_the_bookings_lock_the_same_is_due_twice(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "lock_booking", unlocked)
    assert overtaken(studio, monkeypatch) == [7500, 7500]


def meet(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, clients: int) -> None:
    """Hold the window of the race open: everybody has passed this point before anybody goes on."""
    meeting, original = threading.Barrier(clients), getattr(place, name)

    def waits(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        meeting.wait(20)
        return found

    monkeypatch.setattr(place, name, waits)


def test_control_without_the_reservation_several_refunds_win(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard's place is taken by what is usually written: read, compare, write."""

    def check_then_write(intent: PaymentIntent, cents: int, **_: Any) -> None:
        if cents > intent.left.amount_cents:
            raise RefundTooLarge
        PaymentIntent.objects.filter(id=intent.id).update(refunded_cents=intent.refunded_cents + cents)

    def read(intent_id: UUID, **_: Any) -> PaymentIntent:
        return queries.get(intent_id)

    intent = paid(studio, method="cash")
    monkeypatch.setattr(queries, "lock_intent", read)
    monkeypatch.setattr(refund_actions, "reserve", check_then_write)
    meet(monkeypatch, queries, "lock_intent", 4)
    assert race(lambda _: refund(studio, intent), 4) == {"ok": 4}
    assert refunds(studio) == [7500] * 4


def refused_meanwhile(studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> PaymentIntent:
    """The bank has taken the money back, and the gateway refuses to refund it; what is left of the payment in our rows.

    The refund gives back what it had reserved, while another has read that and is about to write of the dispute.
    """
    intent = paid(studio, book(studio))
    sandbox.control("POST", "disputes", payment_intent=intent.gateway_id)
    answered, read, over = threading.Event(), threading.Event(), threading.Event()
    give_back, take = gateway.give_back, intent_actions.take

    def refused(*args: Any, **kwargs: Any) -> Any:
        try:
            return give_back(*args, **kwargs)
        finally:
            answered.set()
            assert read.wait(10)

    def dawdle(*args: Any, **kwargs: Any) -> Any:
        read.set()
        over.wait(1)  # with the lock the other one cannot get there
        return take(*args, **kwargs)

    def look_or_refund(number: int) -> None:
        if number == 0:
            answered.wait(10)
            payments.look(studio.organization, STAFF, intent.id)
            return
        try:
            refund(studio, intent)
        finally:
            over.set()

    monkeypatch.setattr(gateway, "give_back", refused)
    monkeypatch.setattr(intent_actions, "take", dawdle)
    assert race(look_or_refund, 2) == {"ok": 1, "payment_refused": 1}
    assert given_back(intent.gateway_id) == []
    return stored(studio, intent)


def test_a21_a_refund_that_is_refused_while_the_dispute_is_written_down(
    studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = refused_meanwhile(studio, sandbox, monkeypatch)
    assert (kept.captured_cents, kept.refunded_cents, kept.disputed_cents) == (7500, 0, 7500)


def test_a21_control_without_the_locks_more_has_gone_than_came(
    studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where what is written is not just what has changed, but the row as it was read: as it is usually done."""
    merge = disputes.merge

    def write_all(intent: PaymentIntent, *args: Any, **kwargs: Any) -> Any:
        changed = merge(intent, *args, **kwargs)
        intent.save()
        return changed

    monkeypatch.setattr(disputes, "merge", write_all)
    monkeypatch.setattr(queries, "lock_booking", unlocked)
    monkeypatch.setattr(queries, "lock_intent", queries.get)
    kept = refused_meanwhile(studio, sandbox, monkeypatch)
    assert (kept.captured_cents, kept.refunded_cents, kept.disputed_cents) == (7500, 7500, 7500)


def test_control_without_the_bookings_lock_and_the_constraint_two_are_charged(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = book(studio)
    monkeypatch.setattr(queries, "lock_booking", unlocked)
    meet(monkeypatch, intent_actions, "_check_payable", 4)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('payments_paymentintent_one_live'::regclass)")
        (restore,) = cursor.fetchone()
        cursor.execute("DROP INDEX payments_paymentintent_one_live")
        try:
            assert race(lambda _: start(studio, booking, "cash"), 4)["ok"] > 1
        finally:
            gone = [studio.organization.id]
            cursor.execute("DELETE FROM payments_paymentintent WHERE organization_id = %s", gone)
            cursor.execute(restore)
