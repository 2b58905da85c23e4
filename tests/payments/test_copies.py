"""A payment that was imported refers to another organization's money at the gateway, and never moves it."""

from typing import Any

import pytest

from authspine.kernel.errors import Conflict
from authspine.kernel.tenancy import organization_scope
from payments import gateway, queries
from payments.models import PaymentIntent, Refund
from tests.gateways import GOOD_CARD, charged, given_back
from tests.payments.paying import STAFF, book, confirm, paid, refund, start, stored
from tests.studio import Studio


def copy(studio: Studio, original: PaymentIntent, **changes: Any) -> PaymentIntent:
    fields = {
        "booking_id": book(studio).id,
        "method": original.method,
        "status": original.status,
        "amount_cents": original.amount_cents,
        "captured_cents": original.captured_cents,
        "currency": original.currency,
        "gateway_id": original.gateway_id,
        "gateway_method": GOOD_CARD,
    }
    with organization_scope(studio.organization, STAFF):
        made: PaymentIntent = PaymentIntent.objects.create(**fields | changes)
        return made


def refused(call: Any, *args: Any) -> None:
    with pytest.raises(Conflict, match="was not made here") as found:
        call(*args)
    assert found.value.code == "payment_refused"


def test_the_refund_of_a_copy_leaves_the_originals_money_alone(theirs: Studio, studio: Studio) -> None:
    original = paid(theirs)
    copied = copy(studio, original)
    refused(refund, studio, copied, 2000)
    assert given_back(original.gateway_id) == []
    assert stored(studio, copied).refunded_cents == 0
    assert refund(theirs, original).status == "succeeded"


def test_a_refund_that_was_asked_for_elsewhere_stays_open(theirs: Studio, studio: Studio) -> None:
    original = paid(theirs)
    copied = copy(studio, original, refunded_cents=7500)
    with organization_scope(studio.organization, STAFF):
        asked = Refund.objects.create(intent=copied, amount_cents=7500, currency="USD", failure_code=queries.UNKNOWN)
    refused(refund, studio, copied)
    assert given_back(original.gateway_id) == []
    with organization_scope(studio.organization, STAFF):
        assert queries.get_refund(asked.id).status == "pending"
    assert stored(studio, copied).refunded_cents == 7500


def test_confirming_a_copy_charges_nobody(theirs: Studio, studio: Studio) -> None:
    booking = book(theirs)
    original = start(theirs, booking)
    copied = copy(studio, original)
    refused(confirm, studio, copied)
    assert charged(booking.id) == []
    assert (stored(studio, copied).status, stored(theirs, original).status) == ("failed", "pending")
    assert confirm(theirs, original, GOOD_CARD).status == "succeeded"


def test_a_copy_of_what_is_under_way_stays_as_it_is(theirs: Studio, studio: Studio) -> None:
    """Its money may have moved there: nobody may be charged here instead."""
    copied = copy(studio, start(theirs, book(theirs)), status="processing")
    refused(confirm, studio, copied)
    assert stored(studio, copied).status == "processing"


@pytest.mark.parametrize("same", ["organization", "intent"])
def test_both_the_organization_and_the_payment_must_be_named(studio: Studio, same: str) -> None:
    first, second = paid(studio), start(studio, book(studio, hour=12))
    organization = studio.organization.id if same == "organization" else second.id
    intent = first.id if same == "intent" else second.id
    with pytest.raises(Conflict, match="was not made here"):
        gateway.check_ours(intent, first.gateway_id, organization=organization, asked_before=False)
    gateway.check_ours(first.id, first.gateway_id, organization=studio.organization.id, asked_before=True)
