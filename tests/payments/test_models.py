"""What the database refuses, whoever writes: each constraint is met by a write past every action."""

from typing import Any

import pytest
from django.db import IntegrityError

from authspine.kernel.tenancy import organization_scope
from payments.models import METHODS, PaymentIntent, PaymentMethod, Refund
from payments.rules import LIVE, IntentStatus, Method
from tests.fixtures import new_organization
from tests.payments.paying import STAFF, book, shop
from tests.studio import Studio

PAID: dict[str, Any] = {"status": "succeeded", "captured_cents": 7500}


def intent_of(studio: Studio, **changes: Any) -> PaymentIntent:
    """The smallest valid intent, written straight into its table."""
    fields = {"booking_id": book(studio).id, "method": "card", "amount_cents": 7500, "currency": "USD"}
    with organization_scope(studio.organization, STAFF):
        made: PaymentIntent = PaymentIntent.objects.create(**fields | changes)
        return made


def refuses(studio: Studio, constraint: str, write: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), organization_scope(studio.organization, STAFF):
        write()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("payments_paymentintent_method", {"method": "cheque"}),
        ("payments_paymentintent_status", {"status": "lost"}),
        ("payments_paymentintent_amount", {"amount_cents": 0}),
        ("payments_paymentintent_amount", {"amount_cents": -1}),
        ("payments_paymentintent_captured", PAID | {"captured_cents": 7501}),
        ("payments_paymentintent_captured", PAID | {"captured_cents": -1}),
        ("payments_paymentintent_refunded", PAID | {"refunded_cents": 7501}),
        ("payments_paymentintent_refunded", PAID | {"refunded_cents": -1}),
        ("payments_paymentintent_captured_when_paid", {"captured_cents": 1}),
        ("payments_paymentintent_fee", {"fee_cents": -1}),
        ("payments_paymentintent_currency", {"currency": "usd"}),
        ("payments_paymentintent_external_id_filled", {"external_id": ""}),
    ],
)
def test_an_intent_cannot_be(studio: Studio, constraint: str, changes: dict[str, Any]) -> None:
    intent = intent_of(studio)
    refuses(studio, constraint, lambda: PaymentIntent.objects.filter(id=intent.id).update(**changes))


@pytest.mark.parametrize("status", sorted(LIVE))
@pytest.mark.parametrize("other", ["pending", "authorized"])
def test_a_booking_has_one_live_intent(studio: Studio, status: str, other: str) -> None:
    intent = intent_of(studio, status=status)
    again = {"booking_id": intent.booking_id, "method": "cash", "amount_cents": 1, "currency": "USD", "status": other}
    refuses(studio, "payments_paymentintent_one_live", lambda: PaymentIntent.objects.create(**again))


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_a_finished_intent_makes_room_for_another(studio: Studio, status: str) -> None:
    intent = intent_of(studio, status=status)
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.create(booking=intent.booking, method="card", amount_cents=1, currency="USD")


def test_a_gateway_id_belongs_to_one_intent(studio: Studio) -> None:
    first = intent_of(studio, gateway_id="pi_1", status="failed")
    again = {
        "booking_id": first.booking_id,
        "method": "card",
        "amount_cents": 1,
        "currency": "USD",
        "gateway_id": "pi_1",
    }
    refuses(studio, "payments_paymentintent_gateway_key", lambda: PaymentIntent.objects.create(**again))


def test_an_intent_cannot_point_at_a_booking_of_others(studio: Studio) -> None:
    theirs = book(shop(new_organization()))
    wrong = {"booking_id": theirs.id, "method": "card", "amount_cents": 1, "currency": "USD"}
    refuses(studio, "payments_paymentintent_booking_fk", lambda: PaymentIntent.objects.create(**wrong))


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("payments_refund_amount", {"amount_cents": 0}),
        ("payments_refund_status", {"status": "lost"}),
        ("payments_refund_currency", {"currency": "usd"}),
        ("payments_refund_external_id_filled", {"external_id": ""}),
    ],
)
def test_a_refund_cannot_be(studio: Studio, constraint: str, changes: dict[str, Any]) -> None:
    intent = intent_of(studio, **PAID)
    fields = {"intent_id": intent.id, "amount_cents": 1, "currency": "USD"} | changes
    refuses(studio, constraint, lambda: Refund.objects.create(**fields))


def test_a_gateway_id_belongs_to_one_refund(studio: Studio) -> None:
    intent = intent_of(studio, **PAID)
    fields = {"intent_id": intent.id, "amount_cents": 1, "currency": "USD", "gateway_id": "re_1"}
    with organization_scope(studio.organization, STAFF):
        Refund.objects.create(**fields)
        Refund.objects.create(**fields | {"gateway_id": ""})
        Refund.objects.create(**fields | {"gateway_id": ""})
    refuses(studio, "payments_refund_gateway_key", lambda: Refund.objects.create(**fields))


def test_a_refund_cannot_point_at_an_intent_of_others(studio: Studio) -> None:
    theirs = intent_of(shop(new_organization()), **PAID)
    wrong = {"intent_id": theirs.id, "amount_cents": 1, "currency": "USD"}
    refuses(studio, "payments_refund_intent_fk", lambda: Refund.objects.create(**wrong))


def on_file(studio: Studio, **changes: Any) -> PaymentMethod:
    fields = {"client_id": studio.client.id, "type": "card", "provider": "stripe", "provider_method_id": "pm_1"}
    made: PaymentMethod = PaymentMethod.objects.create(**fields | changes)
    return made


def test_a_payment_method_has_a_known_type(studio: Studio) -> None:
    refuses(studio, "payments_paymentmethod_type", lambda: on_file(studio, type="cheque"))


@pytest.mark.parametrize(
    ("constraint", "second"),
    [
        ("payments_paymentmethod_once_per_client", {"is_default": False}),
        ("payments_paymentmethod_one_default", {"is_default": True, "provider_method_id": "pm_2"}),
    ],
)
def test_a_client_has_each_once_and_one_default(studio: Studio, constraint: str, second: dict[str, Any]) -> None:
    with organization_scope(studio.organization, STAFF):
        on_file(studio, is_default=True)
    refuses(studio, constraint, lambda: on_file(studio, **second))


def test_a_payment_method_cannot_point_at_a_client_of_others(studio: Studio) -> None:
    theirs = shop(new_organization()).client
    refuses(studio, "payments_paymentmethod_client_fk", lambda: on_file(studio, client_id=theirs.id))


def test_the_words_of_rules_and_tables_are_the_same() -> None:
    assert tuple(METHODS) == tuple(Method)
    assert set(PaymentIntent.Status.values) == set(IntentStatus)
    assert {"pending", "processing", "requires_action", "authorized"} == LIVE


def test_a_flaw_is_shown_whatever_the_status() -> None:
    assert PaymentIntent().failure is None
    flawed = PaymentIntent(status="succeeded", failure_code="booking_gone", failure_detail="Gone.")
    assert flawed.failure == {"code": "booking_gone", "detail": "Gone."}
