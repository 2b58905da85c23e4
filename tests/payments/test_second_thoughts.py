"""A payment that was announced at the gateway and never confirmed: it can be given up, unless it was paid meanwhile."""

import pytest

from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import verticals
from payments.errors import GatewayUnavailable, MethodNotAllowed, PaymentInProgress
from payments.models import PaymentIntent
from tests.fixtures import new_organization
from tests.gateways import GOOD_CARD, Wire, bank_account, charged, witness
from tests.payments.paying import STAFF, book, confirm, events, paid, shop, start, stored
from tests.studio import Studio

GIVEN_UP = ["payment.created", "payment.cancelled", "payment.created"]


def at_gateway(intent: PaymentIntent) -> str:
    return witness().payment_intents.retrieve(intent.gateway_id).status


def test_the_same_method_takes_it_up(studio: Studio, wire: Wire) -> None:
    booking = book(studio)
    first = start(studio, booking)
    again = start(studio, booking, payment_method=GOOD_CARD)
    assert (again.id, again.gateway_id, again.gateway_method) == (first.id, first.gateway_id, GOOD_CARD)
    assert (len(wire.seen), events(studio)) == (1, ["payment.created"])
    assert confirm(studio, again).status == "succeeded"


@pytest.mark.parametrize("method", ["cash", "bank"])
def test_another_method_gives_it_up_here_and_there(studio: Studio, method: str) -> None:
    booking = book(studio)
    first = start(studio, booking)
    second = start(studio, booking, method, payment_method="" if method == "cash" else bank_account())
    assert (stored(studio, first).status, at_gateway(first), second.status) == ("cancelled", "canceled", "pending")
    assert events(studio) == GIVEN_UP
    assert confirm(studio, second).status == {"cash": "succeeded", "bank": "processing"}[method]


def test_what_was_paid_there_is_not_given_up(studio: Studio) -> None:
    """Somebody else has confirmed it, and that is not written down here yet."""
    booking = book(studio)
    first = start(studio, booking)
    witness().payment_intents.update(first.gateway_id, {"payment_method": GOOD_CARD})
    witness().payment_intents.confirm(first.gateway_id)
    with pytest.raises(PaymentInProgress):
        start(studio, booking, "cash")
    assert (stored(studio, first).status, events(studio)) == ("pending", ["payment.created"])
    assert confirm(studio, first, GOOD_CARD).status == "succeeded"
    assert charged(booking.id) == [7500]


@pytest.mark.parametrize("fault", ["unsent", "lost", "garbage", 500])
def test_no_answer_gives_nothing_up_and_asking_again_does(studio: Studio, wire: Wire, fault: str | int) -> None:
    booking = book(studio)
    first = start(studio, booking)
    wire.fault = lambda request: fault if request.path.endswith("/cancel") else None
    with pytest.raises(GatewayUnavailable):
        start(studio, booking, "cash")
    assert stored(studio, first).status == "pending"
    wire.fault = lambda request: None
    assert start(studio, booking, "cash").status == "pending"
    assert (stored(studio, first).status, at_gateway(first), events(studio)) == ("cancelled", "canceled", GIVEN_UP)


def test_confirming_what_is_cancelled_there_charges_nobody(studio: Studio) -> None:
    booking = book(studio)
    first = start(studio, booking)
    witness().payment_intents.cancel(first.gateway_id)
    assert confirm(studio, first, GOOD_CARD).status == "cancelled"
    assert (charged(booking.id), events(studio)) == ([], ["payment.created", "payment.cancelled"])


def test_a_start_that_is_refused_cancels_nothing(studio: Studio, wire: Wire) -> None:
    booking = book(studio)
    start(studio, booking)
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", allowed_payment_methods=["card"])
    with pytest.raises(MethodNotAllowed):
        start(studio, booking, "cash")
    assert wire.asked("/cancel") == []


def test_giving_up_a_copy_leaves_the_original_alone(studio: Studio) -> None:
    theirs = shop(new_organization())
    original, booking = start(theirs, book(theirs)), book(studio)
    with organization_scope(studio.organization, STAFF):
        copied = PaymentIntent.objects.create(
            booking_id=booking.id, method="card", amount_cents=7500, currency="USD", gateway_id=original.gateway_id
        )
    assert paid(studio, booking, "cash").status == "succeeded"
    assert (stored(studio, copied).status, at_gateway(original)) == ("cancelled", "requires_payment_method")
