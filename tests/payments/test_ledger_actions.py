"""The ledger is written by the journeys, with worked amounts; a second time there is nothing to write."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, verticals
from bookings.models import Booking
from payments.actions import ledger as ledger_actions
from payments.models import LedgerEntry, PaymentIntent, Refund
from payments.rules.ledger import Account
from tests.api.test_statements import statements as answered
from tests.payments.books import sums, written
from tests.payments.paying import STAFF, book, paid, refund, shop
from tests.rest import Api
from tests.studio import Studio

FEES: dict[str, Any] = {
    "cancellation_window_minutes": 1440,
    "cancellation_fee_cents": 1000,
    "no_show_fee_cents": 2000,
}


@pytest.fixture
def studio(organization: Organization) -> Studio:
    """Cancelling costs 10.00 from a day before on, and not coming 20.00."""
    studio = shop(organization)
    with organization_scope(organization, STAFF):
        verticals.configure("consulting", **FEES)
    return studio


def turn(studio: Studio, journey: Any, booking: Booking, **more: Any) -> Booking:
    with organization_scope(studio.organization, STAFF):
        found: Booking = journey(booking.id, **more)
        return found


def late(studio: Studio) -> Any:
    """An hour before the booking begins."""
    return time_machine.travel(studio.at(9), tick=False)


def post(studio: Studio, booking: Booking) -> int:
    with organization_scope(studio.organization, STAFF):
        return len(ledger_actions.post(booking.id, now=clock.now()))


def test_paid_and_completed(studio: Studio) -> None:
    booking = book(studio)
    assert written(studio.organization) == []
    paid(studio, booking, "cash")
    turn(studio, bookings.complete, booking)
    assert written(studio.organization) == [
        ("payment", {"cash_in_hand": 7500, "deposits_held": -7500}),
        ("earning", {"deposits_held": 7500, "revenue": -7500}),
    ]
    assert post(studio, booking) == 0


def test_completed_and_paid_later(studio: Studio) -> None:
    booking = book(studio)
    turn(studio, bookings.complete, booking)
    assert sums(studio.organization) == {"client_receivable": 7500, "revenue": -7500}
    paid(studio, booking, "invoice")
    assert sums(studio.organization) == {"cash_in_hand": 7500, "revenue": -7500}


def test_revenue_and_what_cuts_it_say_whose(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    turn(studio, bookings.complete, booking)
    refund(studio, intent, 500)
    with organization_scope(studio.organization, STAFF):
        whose = set(LedgerEntry.objects.values_list("account", "professional"))
    pro = studio.professional.id
    assert whose == {("cash_in_hand", None), ("deposits_held", None), ("revenue", pro), ("refunds", pro)}


def test_given_back_before_and_after_it_was_earned(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    refund(studio, intent, 500)
    assert sums(studio.organization) == {"cash_in_hand": 7000, "deposits_held": -7000}
    turn(studio, bookings.complete, booking)
    assert sums(studio.organization) == {"cash_in_hand": 7000, "client_receivable": 500, "revenue": -7500}
    refund(studio, intent, 200)
    assert sums(studio.organization)["refunds"] == 200
    assert [kind for kind, _ in written(studio.organization)] == ["payment", "refund", "earning", "refund"]


def test_cancelled_in_time_everything_is_owed_back(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    assert turn(studio, bookings.cancel, booking).fee_cents == 0
    assert sums(studio.organization) == {"cash_in_hand": 7500, "deposits_held": -7500}
    refund(studio, intent)
    assert sums(studio.organization) == {}


def test_cancelled_late_the_fee_is_earned(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    with late(studio):
        assert turn(studio, bookings.cancel, booking).fee_cents == 1000
        assert sums(studio.organization) == {"cash_in_hand": 7500, "deposits_held": -6500, "revenue": -1000}
        refund(studio, intent, 6500)
    assert sums(studio.organization) == {"cash_in_hand": 1000, "revenue": -1000}


@pytest.mark.parametrize("status", ["held", "confirmed"])
def test_who_has_only_held_owes_nothing_and_a_fee_can_be_waived(studio: Studio, status: str) -> None:
    booking = book(studio, status=status)
    with organization_scope(studio.organization, STAFF):
        Booking.objects.filter(id=booking.id).update(hold_expires_at=studio.at(12))
    with late(studio):
        turn(studio, bookings.cancel, booking, waive_fee=status == "confirmed")
    assert sums(studio.organization) == {}


def test_a_booking_that_was_confirmed_meanwhile_owes_its_fee(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fee belongs to the booking that is cancelled, not to the one that was read."""
    booking = book(studio, status="held")
    with organization_scope(studio.organization, STAFF):
        Booking.objects.filter(id=booking.id).update(hold_expires_at=studio.at(12))
    from authspine.orchestrator.bookings import turning

    really = turning._found_and_locked

    def and_then_it_is_confirmed(*args: Any, **kwargs: Any) -> Booking:
        found = really(*args, **kwargs)
        bookings.confirm(booking.id)
        return found

    monkeypatch.setattr(turning, "_found_and_locked", and_then_it_is_confirmed)
    with late(studio):
        assert turn(studio, bookings.cancel, booking).fee_cents == 1000
    assert sums(studio.organization) == {"client_receivable": 1000, "revenue": -1000}


def test_nobody_owes_a_fee_for_a_day_that_falls_out(studio: Studio) -> None:
    booking = book(studio)
    paid(studio, booking, "cash")
    with late(studio), organization_scope(studio.organization, STAFF):
        bookings.cancel_day(studio.professional.id, on=studio.day())
        assert Booking.objects.get(id=booking.id).fee_cents == 0
    assert sums(studio.organization) == {"cash_in_hand": 7500, "deposits_held": -7500}


def test_a_no_show_owes_its_fee(studio: Studio) -> None:
    booking = book(studio)
    assert turn(studio, bookings.mark_no_show, booking).fee_cents == 2000
    assert sums(studio.organization) == {"client_receivable": 2000, "revenue": -2000}


def test_what_a_no_show_has_paid_stays(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    turn(studio, bookings.mark_no_show, booking)
    assert sums(studio.organization) == {"cash_in_hand": 7500, "revenue": -7500}
    refund(studio, intent, 5500)
    assert sums(studio.organization) == {"cash_in_hand": 2000, "refunds": 5500, "revenue": -7500}


def test_a_reserved_refund_has_not_moved_yet(studio: Studio) -> None:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(refunded_cents=500)
        pending = Refund.objects.create(intent=intent, amount_cents=500, currency="USD")
    assert post(studio, booking) == 0
    with organization_scope(studio.organization, STAFF):
        Refund.objects.filter(id=pending.id).update(status="succeeded", processed_at=clock.now())
    assert post(studio, booking) == 1
    assert sums(studio.organization) == {"cash_in_hand": 7000, "deposits_held": -7000}


def test_fees_and_disputes_as_the_gateway_says(studio: Studio) -> None:
    booking = book(studio)
    with organization_scope(studio.organization, STAFF):
        some: dict[str, Any] = {"method": "card", "status": "succeeded", "amount_cents": 7500, "currency": "USD"}
        intent = PaymentIntent.objects.create(booking_id=booking.id, captured_cents=7500, fee_cents=248, **some)
    post(studio, booking)
    assert sums(studio.organization) == {"cash_at_stripe": 7500, "deposits_held": -7500}
    for changes, expected in (
        ({"fee_is_known": True}, {"cash_at_stripe": 7252, "deposits_held": -7500, "fees": 248}),
        ({"disputed_cents": 7500}, {"cash_at_stripe": -248, "fees": 248}),
        ({"disputed_cents": 0}, {"cash_at_stripe": 7252, "deposits_held": -7500, "fees": 248}),
    ):
        with organization_scope(studio.organization, STAFF):
            PaymentIntent.objects.filter(id=intent.id).update(**changes)
        assert post(studio, booking) == 1
        assert sums(studio.organization) == expected
    assert [kind for kind, _ in written(studio.organization)] == ["payment", "fee", "dispute", "dispute"]


def test_what_stands_under_another_name_is_handed_over(studio: Studio) -> None:
    booking = book(studio)
    turn(studio, bookings.complete, booking)
    with organization_scope(studio.organization, STAFF):
        from tests.factories import ProfessionalFactory

        other = ProfessionalFactory()
        found = Booking.objects.select_related("session").get(id=booking.id)
        type(found.session).objects.filter(id=found.session_id).update(professional=other)
    assert post(studio, booking) == 1
    with organization_scope(studio.organization, STAFF):
        entries = LedgerEntry.objects.filter(account=Account.REVENUE).values_list("professional", "amount_cents")
        held = {studio.professional.id: 0, other.id: 0}
        for professional, cents in entries:
            held[professional] += cents
    assert held == {studio.professional.id: 0, other.id: -7500}
    assert post(studio, booking) == 0


def test_several_bookings_are_corrected_at_once(studio: Studio) -> None:
    found = [book(studio, hour=hour) for hour in range(9, 16)]
    with organization_scope(studio.organization, STAFF):
        closed = {"status": "completed", "closed_at": clock.now() - timedelta(days=1)}
        Booking.objects.filter(id__in=[one.id for one in found]).update(**closed)
        ids = [one.id for one in found]
        assert len(ledger_actions.correct(ids, now=clock.now())) == len(found)
        assert ledger_actions.correct(ids, now=clock.now()) == []
    assert sums(studio.organization) == {"client_receivable": 7 * 7500, "revenue": 7 * -7500}
    assert {kind for kind, _ in written(studio.organization)} == {"correction"}


def test_the_ledger_costs_three_statements(studio: Studio, api_client: Api) -> None:
    first, second = book(studio, hour=9), book(studio, hour=11)
    api_client.post(f"/bookings/{first.id}/complete")
    said = answered(lambda: api_client.post(f"/bookings/{second.id}/complete"))
    assert len([sql for sql in said if "payments_" in sql]) == 3, said
