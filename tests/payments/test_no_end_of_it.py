"""What could have gone on for ever, or been lost on the way: each comes to its end, once, and somebody is told."""

from datetime import timedelta
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payment_methods, payments
from authspine.orchestrator.payments.telling import alert
from bookings.models import Booking
from payments.actions import alerts as alert_actions
from payments.errors import AlreadyPaid, Declined, GatewayRefused
from payments.models import Alert, MethodSetup, PaymentIntent, Refund
from tests.gateways import APPROVED_FIRST, DECLINED_CARD, GOOD_CARD, bank_account, card, witness
from tests.payments.paying import STAFF, book, confirm, events, paid, shop, start, stored, usd
from tests.payments.webhooks import Post, alerts, settle
from tests.studio import Studio

A_WEEK_AND_MORE = 8 * 86_400


def reconcile(studio: Studio) -> Any:
    return payments.reconcile(clock.now() - timedelta(days=3), organization=studio.organization)


def cancelled(studio: Studio, booking: Booking) -> None:
    with organization_scope(studio.organization, SYSTEM):
        bookings.cancel(booking.id)


def refunds(studio: Studio) -> list[tuple[str, int]]:
    with organization_scope(studio.organization, SYSTEM):
        return [(one.status, one.amount_cents) for one in Refund.objects.order_by("created_at", "id")]


def in_part(studio: Studio, booking: Booking) -> PaymentIntent:
    """75.00 are authorized, and 25.00 of them captured, with more to come."""
    intent = confirm(studio, start(studio, booking, capture="manual"), GOOD_CARD)
    return payments.capture(studio.organization, STAFF, intent.id, amount=usd(2500), more_follows=True)


def test_a_refund_that_the_bank_sends_back_is_not_made_again_by_itself(organization: Organization, post: Post) -> None:
    """Somebody is told, and may have paid the client in another way since."""
    studio = shop(organization)
    booking = book(studio)
    intent = paid(studio, booking)
    cancelled(studio, booking)
    settle(organization)
    [one] = witness().refunds.list({"payment_intent": intent.gateway_id}).data
    post.sandbox.settle_refund(one.id, "fails")
    for _ in range(3):
        reconcile(studio)
    assert refunds(studio) == [("failed", 7500)]
    assert [kind for kind, _ in alerts(organization)] == ["refund_failed"]
    assert events(studio).count("payment.refund_failed") == 1
    assert not reconcile(studio).done.get("bookings settled")


def test_what_a_bank_has_taken_back_is_not_given_back_as_well(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    booking = book(studio)
    intent = paid(studio, booking)
    post.sandbox.control("POST", "disputes", payment_intent=intent.gateway_id)
    cancelled(studio, booking)
    for _ in range(3):
        reconcile(studio)
    assert refunds(studio) == []
    assert stored(studio, intent).disputed_cents == 7500


@pytest.mark.parametrize("end", ["cancel", "no_show"])
def test_of_what_was_captured_in_part_the_rest_is_let_go(organization: Organization, post: Post, end: str) -> None:
    studio = shop(organization)
    booking = book(studio)
    intent = in_part(studio, booking)
    with organization_scope(organization, SYSTEM):
        (bookings.cancel if end == "cancel" else bookings.mark_no_show)(booking.id)
    settle(organization)
    assert (stored(studio, intent).status, stored(studio, intent).captured_cents) == ("succeeded", 2500)
    there = witness().payment_intents.retrieve(intent.gateway_id)
    assert (there.status, there.amount_capturable) == ("canceled", 0)
    assert refunds(studio) == ([("succeeded", 2500)] if end == "cancel" else [])
    assert not reconcile(studio).done.get("bookings settled")


def test_the_rest_of_an_authorization_runs_out(organization: Organization, post: Post) -> None:
    """What was captured of it has succeeded, and the booking can be paid on."""
    studio = shop(organization)
    booking = book(studio)
    intent = in_part(studio, booking)
    post.sandbox.control("POST", "clock", seconds=A_WEEK_AND_MORE)
    assert reconcile(studio).failed == []
    assert (stored(studio, intent).status, stored(studio, intent).captured_cents) == ("succeeded", 2500)
    assert confirm(studio, start(studio, booking, "cash")).amount_cents == 5000


def test_what_was_paid_late_is_not_asked_for_again(organization: Organization, post: Post) -> None:
    """An attempt that had failed here is paid after all, while another waits to be confirmed."""
    studio = shop(organization)
    booking = book(studio)
    first = start(studio, booking)
    with pytest.raises(Declined):
        confirm(studio, first, DECLINED_CARD)
    second = start(studio, booking)
    witness().payment_intents.confirm(first.gateway_id, {"payment_method": GOOD_CARD})
    post.bring_all()
    with pytest.raises(AlreadyPaid):
        confirm(studio, second, GOOD_CARD)
    assert sum(one["captured"] for one in post.sandbox.money(booking=str(booking.id))) == 7500


def test_a_cancel_that_was_refused_once_can_be_asked_for_again(organization: Organization, post: Post) -> None:
    """A debit on its way cannot be cancelled; once its bank has refused it, it can."""
    studio = shop(organization)
    intent = confirm(studio, start(studio, book(studio), "bank"), bank_account())
    with organization_scope(organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(status="failed")
    reconcile(studio)
    assert witness().payment_intents.retrieve(intent.gateway_id).status == "processing"
    post.sandbox.settle_debit(intent.gateway_id, "fails")
    assert reconcile(studio).done["open payments cancelled at the provider"] == 1
    assert witness().payment_intents.retrieve(intent.gateway_id).status == "canceled"
    assert "open payments cancelled at the provider" not in reconcile(studio).done


@pytest.mark.parametrize("name", ["pm_\u20ac", "\u0130", "x" * 100, "pm card", "..", "pm_" + "\u20ac" * 97])
def test_whatever_is_named_to_pay_with_is_answered(organization: Organization, post: Post, name: str) -> None:
    """It travels in a header, too; what no server knows leaves the booking free for another attempt."""
    studio = shop(organization)
    booking = book(studio)
    with pytest.raises(GatewayRefused):
        confirm(studio, start(studio, booking), name)
    assert paid(studio, booking).status == "succeeded"


def test_a_share_of_three_decimals_can_be_given_back(organization: Organization, post: Post) -> None:
    """12.340 dinars, of which a third is owed: cards know no third decimal, so it is rounded for the client."""
    policy = {"cancellation_fee_bps": 3333, "cancellation_window_minutes": 30 * 24 * 60}
    studio = shop(organization, price=Money(12_340, "KWD"), policy=policy)
    booking = book(studio)
    paid(studio, booking)
    cancelled(studio, booking)
    settle(organization)
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get(id=booking.id).fee_cents == 4110
    assert refunds(studio) == [("succeeded", 8230)]


def test_what_somebody_has_settled_is_not_told_again(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        alert("orphan", "pi_x", "Something.")
        alert_actions.settle(Alert.objects.get(), by="Ana", now=clock.now())
        alert("orphan", "pi_x", "Something.")
        assert Alert.objects.count() == 1
        alert("orphan", "pi_x", "Something else.")
        assert Alert.objects.count() == 2


def test_an_event_of_a_setup_that_is_gone_does_not_wait_for_ever(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    asked: Any = {"client": studio.client.id, "type": "card", "payment_method": card(APPROVED_FIRST)}
    kept = payment_methods.add(organization, STAFF, **asked)
    assert isinstance(kept, MethodSetup)
    post.sandbox.approve(kept.gateway_id)
    [event] = post.events("setup_intent.succeeded")
    post.bring(event)
    post.sandbox.control("POST", "reset")
    post.work()
    assert post.states() == ["rejected"]
