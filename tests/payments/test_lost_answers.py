"""Whatever is lost on the way to the gateway and back: one attempt, one charge; one refund, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from pytest_django.fixtures import Settings
from stripe import RequestsClient

from authspine.kernel import tenancy
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payment_methods, payments
from authspine.orchestrator.payments import applying
from payments import gateway
from payments.errors import Declined, GatewayRefused, GatewayUnavailable, NothingToRefund, PaymentInProgress
from payments.models import PaymentIntent, Refund
from tests.gateways import DECLINED_CARD, GOOD_CARD, Request, Wire, charged, cut_off, given_back
from tests.payments.paying import STAFF, book, confirm, events, paid, refund, start, stored
from tests.studio import Studio

PAID = ["payment.created", "payment.succeeded"]


def once(ending: str, fault: str | int) -> Callable[[Request], str | int | None]:
    """This fault for the first change whose path ends so."""
    left = [fault]
    return lambda request: left.pop() if left and request.method == "POST" and request.path.endswith(ending) else None


def only_intent(studio: Studio) -> PaymentIntent:
    with organization_scope(studio.organization, STAFF):
        found: PaymentIntent = PaymentIntent.objects.get()
        return found


def test_the_attempt_is_committed_before_the_gateway_hears_of_it(studio: Studio, wire: Wire) -> None:
    booking = book(studio)
    seen: list[tuple[str, int]] = []

    def look() -> None:
        with connections["owner"].cursor() as cursor:  # in the wire's thread: a connection of its own
            cursor.execute(
                "SELECT status, captured_cents FROM payments_paymentintent WHERE booking_id = %s", [booking.id]
            )
            seen.extend(cursor.fetchall())
        connections["owner"].close()

    wire.look = look
    intent = confirm(studio, start(studio, booking), GOOD_CARD)
    wire.look = lambda: None
    assert seen == [("pending", 0), *[("processing", 0)] * 3]
    assert intent.captured_cents == 7500


def test_a_process_that_dies_while_asking_leaves_its_attempt(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: object, **kwargs: object) -> str:
        raise SystemExit

    booking = book(studio)
    with monkeypatch.context() as dying:
        dying.setattr(gateway, "open_intent", die)
        with pytest.raises(SystemExit):
            start(studio, booking)
    left = only_intent(studio)
    assert (left.status, left.gateway_id, left.failure) == ("pending", "", None)
    assert events(studio) == ["payment.created"]
    assert confirm(studio, left, GOOD_CARD).status == "succeeded"
    assert charged(booking.id) == [7500]


def test_no_call_is_made_inside_a_transaction(studio: Studio, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The double stands in the SDK's place of sending, so it runs in the thread of the journey."""
    sent, request = [], RequestsClient.request

    def watched(self: RequestsClient, method: str, url: str, *args: object, **kwargs: object) -> object:
        assert not connection.in_atomic_block
        assert tenancy._current.get() is None
        sent.append(url)
        return request(self, method, url, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(RequestsClient, "request", watched)
    intent = paid(studio)
    refund(studio, intent, 100)
    kept = payment_methods.add(
        studio.organization, STAFF, client=studio.client.id, type="card", payment_method=GOOD_CARD
    )
    payment_methods.remove(studio.organization, STAFF, kept.id)
    held = confirm(studio, start(studio, book(studio, hour=14), capture="manual"), GOOD_CARD)
    payments.capture(studio.organization, STAFF, held.id)
    payments.cancel(studio.organization, STAFF, start(studio, book(studio, hour=16)).id)
    assert len(sent) == len(wire.seen) > 20


def test_a_gateway_that_is_away_can_be_asked_again_by_the_same_request(studio: Studio, settings: Settings) -> None:
    booking, address = book(studio), settings.STRIPE_API_BASE
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        start(studio, booking)
    lost = only_intent(studio)
    assert (lost.status, lost.failure_code) == ("pending", "outcome_unknown")
    settings.STRIPE_API_BASE = address
    again = start(studio, booking)
    assert (again.id, again.failure) == (lost.id, None)
    assert confirm(studio, again, GOOD_CARD).status == "succeeded"
    assert (events(studio), charged(booking.id)) == (PAID, [7500])


def test_who_cannot_reach_the_gateway_can_take_cash(studio: Studio, settings: Settings) -> None:
    booking = book(studio)
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        start(studio, booking)
    lost = only_intent(studio)
    assert paid(studio, booking, "cash").captured_cents == 7500
    assert stored(studio, lost).status == "cancelled"
    assert events(studio) == ["payment.created", "payment.cancelled", *PAID]


def test_an_attempt_that_is_being_announced_is_left_alone(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process may still be asking: only after its patience is over does it count as dead."""
    booking = book(studio)
    started = start(studio, booking)
    with organization_scope(studio.organization, STAFF):
        row = PaymentIntent.objects.filter(id=started.id)
        row.update(gateway_id="")
    with pytest.raises(PaymentInProgress):
        start(studio, booking)
    with organization_scope(studio.organization, STAFF):
        row.update(updated_at=started.updated_at - gateway.patience() - timedelta(seconds=1))
    assert start(studio, booking).id == started.id


@pytest.mark.parametrize(
    ("call", "fault"),
    [("confirm", fault) for fault in ("unsent", "lost", "garbage", "empty", 500)]
    + [("update", fault) for fault in ("unsent", "lost", "garbage", 500)],
)
def test_an_answer_that_is_lost_is_no_second_charge(studio: Studio, wire: Wire, call: str, fault: str | int) -> None:
    booking = book(studio)
    intent = start(studio, booking)
    wire.fault = once("/confirm" if call == "confirm" else f"/{intent.gateway_id}", fault)
    with pytest.raises(GatewayUnavailable):
        confirm(studio, intent, GOOD_CARD)
    unknown = stored(studio, intent)
    assert (unknown.status, unknown.failure_code, unknown.captured_cents) == ("processing", "outcome_unknown", 0)
    settled = confirm(studio, intent)
    assert (settled.status, settled.captured_cents, settled.failure) == ("succeeded", 7500, None)
    assert (charged(booking.id), events(studio)) == ([7500], PAID)


def test_a_lost_decline_is_a_decline(studio: Studio, wire: Wire) -> None:
    intent = start(studio, book(studio))
    wire.fault = once("/confirm", "lost")
    with pytest.raises(GatewayUnavailable):
        confirm(studio, intent, DECLINED_CARD)
    with pytest.raises(Declined):
        confirm(studio, intent, DECLINED_CARD)
    assert stored(studio, intent).status == "failed"
    assert events(studio) == ["payment.created", "payment.failed"]


def test_an_unknown_outcome_does_not_let_another_card_be_charged(studio: Studio, wire: Wire) -> None:
    booking = book(studio)
    intent = start(studio, booking)
    wire.fault = once("/confirm", "lost")
    with pytest.raises(GatewayUnavailable):
        confirm(studio, intent, GOOD_CARD)
    with pytest.raises(PaymentInProgress):
        confirm(studio, intent, "pm_card_mastercard")
    with pytest.raises(PaymentInProgress):
        start(studio, booking, "cash")
    assert charged(booking.id) == [7500]


def test_a_record_that_breaks_after_the_charge_is_made_good(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    booking = book(studio)
    intent = start(studio, booking)
    with monkeypatch.context() as broken:
        broken.setattr(applying, "_settle", die)
        with pytest.raises(ZeroDivisionError):
            confirm(studio, intent, GOOD_CARD)
    assert (stored(studio, intent).status, charged(booking.id)) == ("processing", [7500])
    assert confirm(studio, intent).status == "succeeded"
    assert (charged(booking.id), events(studio)) == ([7500], PAID)


def test_an_intent_that_the_gateway_refuses_has_failed(studio: Studio, wire: Wire) -> None:
    booking = book(studio)
    wire.fault = once("/payment_intents", 400)
    with pytest.raises(GatewayRefused):
        start(studio, booking)
    failed = only_intent(studio)
    assert (failed.status, failed.failure_code) == ("failed", "payment_refused")
    assert events(studio) == ["payment.created", "payment.failed"]
    assert confirm(studio, start(studio, booking), GOOD_CARD).status == "succeeded"


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", "empty", 500])
def test_a_refund_whose_answer_is_lost_is_given_back_once(studio: Studio, wire: Wire, fault: str | int) -> None:
    intent = paid(studio)
    wire.fault = once("/refunds", fault)
    with pytest.raises(GatewayUnavailable):
        refund(studio, intent, 2000, reason="late")
    assert stored(studio, intent).refunded_cents == 2000  # reserved, whatever became of it
    again = refund(studio, intent, 2000)
    assert (again.status, again.reason) == ("succeeded", "late")
    assert (given_back(intent.gateway_id), stored(studio, intent).refunded_cents) == ([2000], 2000)
    assert refund(studio, intent, 2000).id != again.id
    assert given_back(intent.gateway_id).count(2000) == 2


def test_a_lost_full_refund_is_taken_up_without_an_amount(studio: Studio, wire: Wire) -> None:
    intent = paid(studio)
    wire.fault = once("/refunds", "lost")
    with pytest.raises(GatewayUnavailable):
        refund(studio, intent)
    assert refund(studio, intent).status == "succeeded"
    assert (given_back(intent.gateway_id), events(studio)) == ([7500], [*PAID, "payment.refunded"])
    with pytest.raises(NothingToRefund):
        refund(studio, intent)


def test_a_refund_whose_process_died_is_taken_up_when_it_must_be_over(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise SystemExit

    intent = paid(studio)
    with monkeypatch.context() as dying:
        dying.setattr(gateway, "give_back", die)
        with pytest.raises(SystemExit):
            refund(studio, intent)
    with pytest.raises(NothingToRefund):
        refund(studio, intent)
    with organization_scope(studio.organization, STAFF):
        left = Refund.objects.get()
        dead = left.updated_at - gateway.patience() - timedelta(seconds=1)
        Refund.objects.filter(id=left.id).update(updated_at=dead)
    assert refund(studio, intent).id == left.id
    assert given_back(intent.gateway_id) == [7500]


def test_a_refund_that_the_gateway_refuses_has_failed_and_its_amount_is_free(studio: Studio, wire: Wire) -> None:
    intent = paid(studio)
    wire.fault = once("/refunds", 400)
    with pytest.raises(GatewayRefused):
        refund(studio, intent)
    assert stored(studio, intent).refunded_cents == 0
    assert events(studio) == [*PAID, "payment.refund_failed"]
    assert refund(studio, intent).status == "succeeded"
    with organization_scope(studio.organization, STAFF):
        assert sorted(row.status for row in Refund.objects.all()) == ["failed", "succeeded"]
