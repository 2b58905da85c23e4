"""Refunds above the organization's limit: nobody gives them back alone, and they are given back once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.errors import PlatformError
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments import rules
from payments.errors import AlreadyDecided, ApprovalRequired, RefundTooLarge, SecondPersonNeeded
from payments.models import PaymentIntent, Refund, RefundRequest
from tests.payments.paying import paid, shop, stored, usd
from tests.sandboxes import Sandbox
from tests.studio import Studio

ONE, OTHER, KEY = Actor("user", new_id()), Actor("user", new_id()), Actor("key", new_id())


@pytest.fixture
def studio(organization: Organization) -> Studio:
    """A business in which nobody gives back more than 30.00 alone."""
    Organization.objects.filter(id=organization.id).update(refund_approval_cents=3000)
    organization.refresh_from_db()
    return shop(organization)


@pytest.fixture
def intent(studio: Studio) -> PaymentIntent:
    """75.00 in cash."""
    return paid(studio, method="cash")


def give(studio: Studio, intent: PaymentIntent, cents: int | None, *, by: Actor = ONE) -> Refund | RefundRequest:
    amount = None if cents is None else usd(cents)
    return payments.refund_or_ask(studio.organization, by, intent=intent.id, amount=amount, reason="Ill")


def asked(studio: Studio, intent: PaymentIntent, cents: int = 5000) -> RefundRequest:
    request = give(studio, intent, cents)
    assert isinstance(request, RefundRequest)
    return request


def test_up_to_the_limit_one_person_is_enough(studio: Studio, intent: PaymentIntent) -> None:
    given = give(studio, intent, 3000)
    assert isinstance(given, Refund)
    assert given.status == Refund.Status.SUCCEEDED


@pytest.mark.parametrize("cents", [3001, 7500, None])
def test_above_it_a_second_one_is_asked_and_nothing_is_reserved(
    studio: Studio, intent: PaymentIntent, cents: int | None
) -> None:
    request = asked(studio, intent, cents)  # type: ignore[arg-type]
    assert (request.status, request.requested_by) == ("asked", str(ONE))
    assert request.amount_cents == (cents or 7500)
    assert stored(studio, intent).refunded_cents == 0


def test_parts_count_together(studio: Studio, intent: PaymentIntent) -> None:
    assert isinstance(give(studio, intent, 2000), Refund)
    assert isinstance(give(studio, intent, 1001), RefundRequest)


def test_the_journey_itself_refuses_a_person(studio: Studio, intent: PaymentIntent) -> None:
    """So no door leads around it: not the API's either, for who is signed in."""
    with pytest.raises(ApprovalRequired):
        payments.refund(studio.organization, ONE, intent=intent.id, amount=usd(3001))
    assert payments.refund(studio.organization, KEY, intent=intent.id, amount=usd(3001)).status == "succeeded"


def test_more_than_is_left_is_not_even_asked_for(studio: Studio, intent: PaymentIntent) -> None:
    with pytest.raises(RefundTooLarge):
        give(studio, intent, 7501)


def test_a_second_person_gives_it_back(studio: Studio, intent: PaymentIntent) -> None:
    request = asked(studio, intent)
    given = payments.approve_refund(studio.organization, OTHER, request.id)
    assert (given.status, given.amount_cents, given.reason) == ("succeeded", 5000, "Ill")
    assert stored(studio, intent).refunded_cents == 5000
    with organization_scope(studio.organization, SYSTEM):
        decided = RefundRequest.objects.get(id=request.id)
    assert (decided.status, decided.approved_by, decided.refund_id) == ("approved", str(OTHER), given.id)


def test_who_asked_cannot_approve(studio: Studio, intent: PaymentIntent) -> None:
    request = asked(studio, intent)
    with pytest.raises(SecondPersonNeeded):
        payments.approve_refund(studio.organization, ONE, request.id)
    assert stored(studio, intent).refunded_cents == 0


def test_what_is_gone_by_then_is_refused_and_still_waits(studio: Studio, intent: PaymentIntent) -> None:
    request = asked(studio, intent)
    payments.refund(studio.organization, KEY, intent=intent.id, amount=usd(5000))
    with pytest.raises(RefundTooLarge):
        payments.approve_refund(studio.organization, OTHER, request.id)
    with organization_scope(studio.organization, SYSTEM):
        assert RefundRequest.objects.get(id=request.id).status == "asked"
        assert payments.refuse_refund(request.id, reason="Done already").status == "refused"


@pytest.mark.parametrize("first", ["approved", "refused"])
def test_it_is_decided_once(studio: Studio, intent: PaymentIntent, first: str) -> None:
    request = asked(studio, intent)
    if first == "approved":
        payments.approve_refund(studio.organization, OTHER, request.id)
    else:
        with organization_scope(studio.organization, OTHER):
            payments.refuse_refund(request.id)
    with pytest.raises(AlreadyDecided):
        payments.approve_refund(studio.organization, OTHER, request.id)
    with organization_scope(studio.organization, OTHER), pytest.raises(AlreadyDecided):
        payments.refuse_refund(request.id)


def test_two_approvers_at_once_give_back_once(studio: Studio, sandbox: Sandbox) -> None:
    intent = paid(studio)
    request, others = asked(studio, intent, 3100), [Actor("user", new_id()) for _ in range(4)]
    ready = Barrier(len(others))

    def approve(actor: Actor) -> Any:
        ready.wait()
        try:
            return payments.approve_refund(studio.organization, actor, request.id).status
        except PlatformError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(others)) as pool:
        found = list(pool.map(approve, others))
    assert sorted(map(str, found)) == sorted(["succeeded", *[str(AlreadyDecided)] * 3])
    assert sandbox.money(intent=str(intent.id))[0]["refunded"] == 3100
    assert stored(studio, intent).refunded_cents == 3100


@pytest.mark.parametrize(
    ("constraint", "written"),
    [
        ("decided", {"status": "approved", "approved_by": "user:2"}),
        ("decided", {"status": "refused", "refused_by": "", "decided_at": clock.now()}),
        ("decided", {"approved_by": "user:2"}),
        ("decided", {"status": "asked", "decided_at": clock.now()}),
        ("amount", {"amount_cents": 0}),
        ("asked", {"requested_by": ""}),
        ("currency", {"currency": "usd"}),
    ],
)
def test_past_the_code_the_database_refuses(
    studio: Studio, intent: PaymentIntent, constraint: str, written: dict[str, Any]
) -> None:
    request = asked(studio, intent)
    with organization_scope(studio.organization, SYSTEM), pytest.raises(IntegrityError) as refused:
        RefundRequest.objects.filter(id=request.id).update(**written)
    assert f"payments_refundrequest_{constraint}" in str(refused.value)


def test_past_the_code_nobody_approves_what_they_asked_for(studio: Studio, intent: PaymentIntent) -> None:
    request = asked(studio, intent)
    payments.approve_refund(studio.organization, OTHER, request.id)
    with organization_scope(studio.organization, SYSTEM), pytest.raises(IntegrityError) as refused:
        RefundRequest.objects.filter(id=request.id).update(approved_by=str(ONE))
    assert "payments_refundrequest_second_person" in str(refused.value)


def test_an_approval_names_its_own_refund(studio: Studio, intent: PaymentIntent) -> None:
    first, second = asked(studio, intent, 3100), asked(studio, intent, 3200)
    given = payments.approve_refund(studio.organization, OTHER, first.id)
    taken = {"status": "approved", "approved_by": "user:2", "decided_at": clock.now(), "refund": given.id}
    with organization_scope(studio.organization, SYSTEM), pytest.raises(IntegrityError) as refused:
        RefundRequest.objects.filter(id=second.id).update(**taken)
    assert "payments_refundrequest_one_refund" in str(refused.value)


def test_the_limit_is_no_negative_amount(organization: Organization) -> None:
    with pytest.raises(IntegrityError, match="identity_organization_refund_approval"):
        Organization.objects.filter(id=organization.id).update(refund_approval_cents=-1)


@pytest.mark.parametrize(
    ("back", "needed"),
    [(Money(3000, "USD"), False), (Money(3001, "USD"), True), (Money(1, "EUR"), True)],
)
def test_what_cannot_be_compared_is_approved(back: Money, needed: bool) -> None:
    assert rules.needs_approval(back, Money(3000, "USD")) is needed
