"""How much may be given back, and what is left when it fails. Cash shows the rules alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.kernel.errors import Conflict, Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments import queries
from payments.actions import refunds as actions
from payments.errors import IntentNotFound
from payments.models import PaymentIntent, Refund
from tests.payments.paying import STAFF, book, events, paid, refund, start, stored, usd
from tests.studio import Studio


@pytest.fixture
def intent(studio: Studio) -> PaymentIntent:
    return paid(studio, method="cash")


def refused(studio: Studio, intent: PaymentIntent, cents: int | None) -> str:
    with pytest.raises(Conflict) as found:
        refund(studio, intent, cents)
    return found.value.code


def test_all_that_is_left_is_given_back(studio: Studio, intent: PaymentIntent) -> None:
    made = refund(studio, intent, reason="ill")
    assert (made.amount, made.status, made.reason) == (usd(7500), "succeeded", "ill")
    assert made.processed_at is not None
    assert stored(studio, intent).refunded_cents == 7500
    assert events(studio)[-1] == "payment.refunded"


def test_parts_add_up_and_no_further(studio: Studio, intent: PaymentIntent) -> None:
    refund(studio, intent, 2000)
    refund(studio, intent, 3000)
    assert refused(studio, intent, 2501) == "refund_too_large"
    assert refund(studio, intent).amount == usd(2500)
    assert refused(studio, intent, None) == "nothing_to_refund"
    assert refused(studio, intent, 1) == "nothing_to_refund"
    kept = stored(studio, intent)
    assert (kept.status, kept.captured_cents, kept.refunded_cents) == ("succeeded", 7500, 7500)
    assert events(studio).count("payment.refunded") == 3


@pytest.mark.parametrize("cents", [7501, 10**12])
def test_more_than_was_paid_is_refused(studio: Studio, intent: PaymentIntent, cents: int) -> None:
    assert refused(studio, intent, cents) == "refund_too_large"
    assert stored(studio, intent).refunded_cents == 0


def test_another_currency_is_refused(studio: Studio, intent: PaymentIntent) -> None:
    with pytest.raises(Invalid) as found:
        payments.refund(studio.organization, STAFF, intent=intent.id, amount=Money(100, "EUR"))
    assert (found.value.code, found.value.faults[0].code) == ("validation_error", "currency_mismatch")


def test_what_was_not_paid_cannot_be_given_back(studio: Studio) -> None:
    assert refused(studio, start(studio, book(studio), "cash"), None) == "nothing_to_refund"


def test_an_unknown_payment_is_missing(studio: Studio, intent: PaymentIntent) -> None:
    with pytest.raises(IntentNotFound) as missing:
        payments.refund(studio.organization, STAFF, intent=new_id())
    assert missing.value.field == "intent"


def test_a_refund_that_failed_leaves_its_amount_free(studio: Studio, intent: PaymentIntent) -> None:
    now = clock.now()
    with organization_scope(studio.organization, STAFF):
        claimed, _ = actions.claim(intent.id, amount=usd(5000), now=now, lost_since=now)
        assert queries.get(intent.id).left == usd(2500)
        assert actions.fail(claimed, "expired_card", now=now)
        assert not actions.fail(claimed, "again", now=now)
        assert queries.get(intent.id).left == usd(7500)
        failed = queries.get_refund(claimed.id)
    assert (failed.status, failed.failure_code) == ("failed", "expired_card")


def test_the_payment_is_locked_before_its_refund(studio: Studio, intent: PaymentIntent) -> None:
    """As by the claim: who locks the other way round may wait for each other."""
    now = clock.now()
    with organization_scope(studio.organization, STAFF):
        claimed, _ = actions.claim(intent.id, amount=usd(5000), now=now, lost_since=now)
        with CaptureQueriesContext(connection) as caught:
            actions.fail(claimed, "again", now=now)
    first = caught.captured_queries[0]["sql"]
    assert "payments_paymentintent" in first
    assert "FOR NO KEY UPDATE" in first


def test_without_its_event_the_refund_stays_open_and_reserved(
    studio: Studio, intent: PaymentIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(event_actions, "record", fail)
        with pytest.raises(ZeroDivisionError):
            refund(studio, intent)
    with organization_scope(studio.organization, STAFF):
        assert [row.status for row in Refund.objects.all()] == ["pending"]
    assert stored(studio, intent).refunded_cents == 7500
    assert "payment.refunded" not in events(studio)
