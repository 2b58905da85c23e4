"""What is due of a booking, and which refunds nobody is asking about."""

from datetime import timedelta

import pytest

from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from bookings.errors import BookingNotFound
from payments import queries
from payments.errors import IntentNotFound, MethodNotFound, RefundNotFound
from payments.models import PaymentIntent, Refund
from tests.payments.paying import STAFF, book, usd
from tests.studio import Studio


@pytest.mark.parametrize(
    ("attempts", "due"),
    [
        ([], 7500),
        ([("failed", 0, 0), ("pending", 0, 0)], 7500),
        ([("succeeded", 2500, 0)], 5000),
        ([("succeeded", 2500, 0), ("succeeded", 5000, 0)], 0),
        ([("succeeded", 7500, 2000)], 2000),
        ([("succeeded", 7500, 7500)], 7500),
    ],
)
def test_due_is_the_total_less_what_was_kept(studio: Studio, attempts: list[tuple[str, int, int]], due: int) -> None:
    booking = book(studio)
    with organization_scope(studio.organization, STAFF):
        for status, captured, refunded in attempts:
            PaymentIntent.objects.create(
                booking=booking, method="card", status=status, amount_cents=7500, currency="USD",
                captured_cents=captured, refunded_cents=refunded,
            )  # fmt: skip
        assert queries.due(booking) == usd(due)


def test_a_refund_is_lost_when_its_asker_says_so_or_is_long_gone(studio: Studio) -> None:
    booking = book(studio)
    now = clock.now()
    with organization_scope(studio.organization, STAFF):
        paid = PaymentIntent.objects.create(
            booking=booking, method="card", status="succeeded", amount_cents=7500, currency="USD", captured_cents=7500
        )

        def refund(cents: int, *, minutes: int, **fields: str) -> Refund:
            at = now - timedelta(minutes=minutes)
            made: Refund = Refund.objects.create(
                intent=paid, amount_cents=cents, currency="USD", created_at=at, updated_at=at, **fields
            )
            return made

        def lost(cents: int | None) -> Refund | None:
            return queries.lost_refund(paid, since=now - timedelta(minutes=5), amount_cents=cents)

        refund(100, minutes=1)
        assert lost(None) is None
        told = refund(200, minutes=1, failure_code=queries.UNKNOWN)
        assert (lost(None), lost(200), lost(100)) == (told, told, None)
        old = refund(300, minutes=6)
        assert (lost(None), lost(300)) == (old, old)
        refund(400, minutes=60, gateway_id="re_1")  # the gateway has it, and its bank takes its time
        refund(500, minutes=60, status="failed")
        assert (lost(400), lost(500)) == (None, None)


def test_what_is_not_here_is_missing(studio: Studio) -> None:
    with organization_scope(studio.organization, STAFF):
        for ask, error in (
            (queries.get, IntentNotFound),
            (queries.lock_intent, IntentNotFound),
            (queries.get_refund, RefundNotFound),
            (queries.get_method, MethodNotFound),
            (queries.lock_booking, BookingNotFound),
        ):
            with pytest.raises(error):
                ask(new_id())
