"""Money under contention, over HTTP, to real server processes that pay at a real gateway process.

Named by the rows of the matrix. Each has a control, here or in test_payments.py, that shows the race without the guard.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, clients, payments
from bookings.models import Booking
from payments import gateway
from tests.payments.paying import STAFF, book, events, paid, shop, start, stored, work_off
from tests.races.callers import Answer, Ask, Server, counted, several_clients
from tests.races.money import alerts, confirming, counters, keyed, moved, refunding, refunds, serving, status_of
from tests.sandboxes import Sandbox
from tests.studio import Studio
from tests.workers import comes_true

CLIENTS = 20


@pytest.fixture
def server(sandbox: Sandbox, tmp_path: Path) -> Iterator[Server]:
    with serving(sandbox, tmp_path) as served:
        yield served


@pytest.fixture
def studio(organization: Organization, sandbox: Sandbox) -> Studio:
    return shop(organization)


def hold_for(studio: Studio, client: str, hour: int = 10) -> Booking:
    with organization_scope(studio.organization, STAFF):
        return bookings.hold(client=UUID(client), service=studio.service.id, starts_at=studio.at(hour))


def meanwhile(work: Callable[[], Any], *, after: float = 0.3) -> threading.Thread:
    def run() -> None:
        threading.Event().wait(after)
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def slow(sandbox: Sandbox, gateway_id: str, seconds: float) -> None:
    """The gateway thinks for so long before it confirms this one."""
    sandbox.fault("slow", f"/v1/payment_intents/{gateway_id}/confirm", seconds=seconds)


def ends_at(studio: Studio, booking: Booking, seconds: float) -> None:
    """The hold runs out so many seconds from now."""
    with organization_scope(studio.organization, STAFF):
        row = Booking.objects.filter(id=booking.id)
        past = clock.now() - timedelta(minutes=1)
        row.update(created_at=past, hold_expires_at=clock.now() + timedelta(seconds=seconds))


def sweep(studio: Studio) -> None:
    with organization_scope(studio.organization, SYSTEM):
        bookings.expire_lapsed()


def test_a3_refused_payments_among_holds_are_no_deadlock(
    organization: Organization, sandbox: Sandbox, server: Server
) -> None:
    """Half of those who pay are declined, while others want the same seats; the control of the lock is of the holds."""
    studio = shop(organization, capacity=CLIENTS)
    held = [hold_for(studio, client) for client in several_clients(studio, CLIENTS)]
    intents = [start(studio, booking) for booking in held]
    cards = ["pm_card_visa", "pm_card_visa_chargeDeclined"] * (CLIENTS // 2)
    with organization_scope(studio.organization, SYSTEM):
        late = [str(clients.register(email=f"late{n}@example.com", name="L").id) for n in range(CLIENTS)]
    wanted = {"service": str(studio.service.id)}
    asks = [confirming(intent, card) for intent, card in zip(intents, cards, strict=True)]
    for number, client in enumerate(late):
        at = studio.at(10, 30 * (number % 2)).isoformat()
        asks.append(Ask("/bookings", wanted | {"client": client, "starts_at": at}))
    answers = counted(server.ask_at_once(studio, asks))
    assert answers[200, ""] == answers[402, "payment_declined"] == CLIENTS // 2
    assert answers[409, "slot_taken"] + answers[409, "not_a_slot"] == CLIENTS
    statuses = [status_of(studio, booking) for booking in held]
    assert statuses == ["confirmed", "held"] * (CLIENTS // 2)
    assert [moved(sandbox, booking)[1] for booking in held] == [7500, 0] * (CLIENTS // 2)


def is_asked_to_pay(sandbox: Sandbox) -> bool:
    return any(one["path"].endswith("/confirm") for one in sandbox.seen())


@pytest.mark.parametrize("left", [0.1, 0.6, 1.5])
def test_a7_a_hold_that_runs_out_while_it_is_paid(
    studio: Studio, sandbox: Sandbox, server: Server, left: float
) -> None:
    """Confirmed and paid, or expired and given back: never both, and never neither. It runs out so many seconds after
    the gateway, which takes 0.6, is asked."""
    booking = book(studio, status="held")
    intent = start(studio, booking)
    slow(sandbox, intent.gateway_id, 0.6)
    swept = []

    def run_out() -> None:
        assert comes_true(lambda: is_asked_to_pay(sandbox))
        ends_at(studio, booking, left)
        for wait in (left, 0.1, 0.1):
            threading.Event().wait(wait)
            sweep(studio)
            swept.append(wait)

    thread = meanwhile(run_out, after=0)
    [answer] = server.ask_at_once(studio, [confirming(intent)])
    thread.join()
    sweep(studio)
    work_off(studio)
    status = status_of(studio, booking)
    assert (answer.status, status in ("confirmed", "expired"), len(swept)) == (200, True, 3)
    back = 0 if status == "confirmed" else 7500
    assert (moved(sandbox, booking), counters(studio, booking)) == ((1, 7500, back), (7500, back))
    told = events(studio, starting="booking.")
    assert ("booking.confirmed" in told) != ("booking.expired" in told)


def paid_too_late(studio: Studio, sandbox: Sandbox, server: Server) -> tuple[Booking, Booking]:
    """A hold is swept while its payment is on its way, and somebody else takes the time."""
    first, second = several_clients(studio, 2)
    late = hold_for(studio, first)
    intent = start(studio, late)
    taken: list[Booking] = []

    def take() -> None:
        assert comes_true(lambda: is_asked_to_pay(sandbox))
        ends_at(studio, late, -1)
        sweep(studio)
        taken.append(hold_for(studio, second))
        with organization_scope(studio.organization, STAFF):
            bookings.confirm(taken[0].id)

    slow(sandbox, intent.gateway_id, 2)
    other = meanwhile(take, after=0)
    [answer] = server.ask_at_once(studio, [confirming(intent)])
    other.join()
    assert (answer.status, answer.body["failure"]["code"]) == (200, "booking_gone")
    return late, taken[0]


def test_a8_who_pays_too_late_gets_it_back_once(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    late, taken = paid_too_late(studio, sandbox, server)
    settling = [meanwhile(lambda: payments.settle_booking(studio.organization, SYSTEM, late.id), after=0)] * 4
    work_off(studio)
    for thread in settling:
        thread.join()
    assert (status_of(studio, late), status_of(studio, taken)) == ("expired", "confirmed")
    assert (moved(sandbox, late), counters(studio, late)) == ((1, 7500, 7500), (7500, 7500))
    assert moved(sandbox, taken) == (0, 0, 0)
    assert events(studio) == ["payment.created", "payment.succeeded", "payment.refunded"]
    assert {"booking.expired", "booking.confirmed"} <= set(events(studio, starting="booking."))


def test_a8_control_without_the_job_the_money_stays(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    late, _ = paid_too_late(studio, sandbox, server)
    assert moved(sandbox, late) == (1, 7500, 0)


def test_a9_twenty_confirmations_are_one_charge(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    booking = book(studio, status="held")
    intent = start(studio, booking)
    answers = server.ask_at_once(studio, [confirming(intent) for _ in range(CLIENTS)])
    assert set(counted(answers)) <= {(200, ""), (409, "payment_in_progress"), (503, "unavailable")}
    assert counted(answers)[200, ""] >= 1
    assert {answer.body["status"] for answer in answers if answer.status == 200} == {"succeeded"}
    assert (moved(sandbox, booking), status_of(studio, booking)) == ((1, 7500, 0), "confirmed")
    assert events(studio) == ["payment.created", "payment.succeeded"]
    assert events(studio, starting="booking.").count("booking.confirmed") == 1


@pytest.mark.parametrize("lead", [-0.4, -0.1, 0, 0.1, 0.4])
def test_a10_cancelled_while_it_is_paid(studio: Studio, sandbox: Sandbox, server: Server, lead: float) -> None:
    """One end of it: cancelled, and whatever was charged is back."""
    booking = book(studio)
    intent = start(studio, booking)
    slow(sandbox, intent.gateway_id, 0.3)
    cancel = keyed(f"/bookings/{booking.id}/cancel", after=max(0, -lead))
    answers = server.ask_at_once(studio, [confirming(intent, after=max(0, lead)), cancel])
    assert answers[1].status == 200
    assert answers[0].code in ("", "booking_not_payable", "payment_in_progress", "invalid_transition")
    work_off(studio)
    charges, captured, back = moved(sandbox, booking)
    assert status_of(studio, booking) == "cancelled"
    assert (captured, back) in ((0, 0), (7500, 7500))
    assert charges <= 1
    assert counters(studio, booking) == (captured, back)
    assert stored(studio, intent).status in ("succeeded", "cancelled")


def test_a10_control_without_the_job_a_cancelled_booking_is_paid(
    studio: Studio, sandbox: Sandbox, server: Server
) -> None:
    booking = book(studio)
    intent = start(studio, booking)
    slow(sandbox, intent.gateway_id, 3)

    def cancel() -> None:
        assert comes_true(lambda: is_asked_to_pay(sandbox))
        with organization_scope(studio.organization, STAFF):
            bookings.cancel(booking.id)

    other = meanwhile(cancel, after=0)
    server.ask_at_once(studio, [confirming(intent)])
    other.join()
    assert (status_of(studio, booking), moved(sandbox, booking)) == ("cancelled", (1, 7500, 0))


def test_a19_twenty_full_refunds_are_one(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    booking = book(studio)
    intent = paid(studio, booking)
    answers = server.ask_at_once(studio, [refunding(intent) for _ in range(CLIENTS)])
    assert counted(answers) == {(201, ""): 1, (409, "nothing_to_refund"): CLIENTS - 1}
    assert (refunds(studio), moved(sandbox, booking)) == ([7500], (1, 7500, 7500))


def test_a20_ten_fifths_are_five(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    booking = book(studio)
    intent = paid(studio, booking)
    answers = server.ask_at_once(studio, [refunding(intent, 1500) for _ in range(10)])
    assert counted(answers) == {(201, ""): 5, (409, "nothing_to_refund"): 5}
    assert (refunds(studio), moved(sandbox, booking)) == ([1500] * 5, (1, 7500, 7500))


@pytest.mark.parametrize("lead", [-0.2, 0, 0.2])
def test_a21_a_refund_while_the_bank_takes_the_money_back(
    studio: Studio, sandbox: Sandbox, server: Server, lead: float
) -> None:
    """No more goes than came, in our rows as at the gateway; and somebody is told."""
    booking = book(studio)
    intent = paid(studio, booking)

    def dispute() -> None:
        sandbox.control("POST", "disputes", payment_intent=intent.gateway_id)

    bank = meanwhile(dispute, after=max(0, lead))
    [answer] = server.ask_at_once(studio, [refunding(intent, after=max(0, -lead))])
    bank.join()
    assert (answer.status, answer.code) in ((201, ""), (409, "payment_refused"))
    payments.look(studio.organization, STAFF, intent.id)
    kept = stored(studio, intent)
    assert kept.refunded_cents == moved(sandbox, booking)[2] == (7500 if answer.status == 201 else 0)
    assert 0 <= kept.disputed_cents <= kept.captured_cents == 7500
    assert "dispute" in alerts(studio)


def test_b2_what_was_charged_before_we_knew_is_found_by_our_id(
    studio: Studio, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the announcement and our record of it: the gateway has our id, and gives it back."""
    booking = book(studio)

    def dies(order: Any) -> str:
        opened(order)
        raise SystemExit

    opened = gateway.open_intent
    with monkeypatch.context() as dying:
        dying.setattr(gateway, "open_intent", dies)
        with pytest.raises(SystemExit):
            start(studio, booking)
    [lost] = sandbox.money(booking=str(booking.id))
    with organization_scope(studio.organization, STAFF):
        [left] = booking.payment_intents.all()
    found = gateway.look(lost["id"])
    assert (found.intent, left.gateway_id) == (str(left.id), "")
    done = payments.confirm(studio.organization, STAFF, left.id, payment_method="pm_card_visa")
    assert (done.status, done.gateway_id) == ("succeeded", lost["id"])
    assert moved(sandbox, booking) == (1, 7500, 0)


def capture_race(studio: Studio, sandbox: Sandbox, server: Server, cents: int) -> tuple[Booking, list[Answer]]:
    booking = book(studio)
    held = payments.pay(
        studio.organization, STAFF, booking=booking.id, method="card", payment_method="pm_card_visa", capture="manual"
    )
    body = {"amount": {"amount_cents": cents, "currency": "USD"}, "more_follows": True}
    path = f"/payments/intents/{held.id}/capture"
    return booking, server.ask_at_once(studio, [keyed(path, body) for _ in range(10)])


@pytest.mark.parametrize("cents", [1000, 7500])
def test_captures_at_once_never_exceed_what_was_authorized(
    studio: Studio, sandbox: Sandbox, server: Server, cents: int
) -> None:
    booking, answers = capture_race(studio, sandbox, server, cents)
    codes = {(200, ""), (409, "capture_too_large"), (409, "not_authorized"), (503, "unavailable")}
    assert set(counted(answers)) <= codes
    _, captured, _ = moved(sandbox, booking)
    assert 0 < captured <= 7500
    assert counters(studio, booking) == (captured, 0)


def test_completed_and_captured_at_once_is_captured_once(studio: Studio, sandbox: Sandbox, server: Server) -> None:
    booking = book(studio)
    held = payments.pay(
        studio.organization, STAFF, booking=booking.id, method="card", payment_method="pm_card_visa", capture="manual"
    )
    asks = [keyed(f"/payments/intents/{held.id}/capture") for _ in range(5)]
    server.ask_at_once(studio, [*asks, keyed(f"/bookings/{booking.id}/complete")])
    work_off(studio)
    assert (moved(sandbox, booking), counters(studio, booking)) == ((1, 7500, 0), (7500, 0))
    assert events(studio).count("payment.captured") == 1


def test_d6_amounts_that_are_none(organization: Organization, sandbox: Sandbox, server: Server) -> None:
    """And the price is the server's: nobody sends one."""
    studio = shop(organization, price=Money(7500, "JPY"))
    booking = book(studio)
    intent = paid(studio, booking)
    bad: list[Any] = [-1, 0, 0.001, 1e-7, float("nan"), float("inf"), 10.5, "7500", None, True, 10**30]
    asks = [keyed("/payments/refunds", {"intent": str(intent.id), "amount": _yen(one)}) for one in bad]
    asks += [
        keyed("/payments/refunds", {"intent": str(intent.id), "amount": {"amount_cents": 100, "currency": currency}})
        for currency in ("USD", "KWD", "jpy", "XXX", "")
    ]
    asks.append(keyed("/payments/intents", {"booking": str(booking.id), "method": "card", "amount": _yen(1)}))
    answers = server.ask_at_once(studio, asks)
    assert set(counted(answers)) == {(400, "validation_error")}
    assert moved(sandbox, booking) == (1, 7500, 0)


def _yen(cents: Any) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "JPY"}
