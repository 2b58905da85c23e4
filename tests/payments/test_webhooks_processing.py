"""An event wakes us; what is true is looked up. B2, B3, B4, B6, B10, and whose a payment is."""

from collections.abc import Callable
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.payments import applying, looking, receiving
from payments import gateway
from payments.models import PaymentIntent
from tests.fixtures import new_organization
from tests.gateways import GOOD_CARD, bank_account, witness
from tests.payments.paying import book, confirm, events, paid, shop, start, stored
from tests.payments.webhooks import Post, alerts, inbox
from tests.studio import Studio


def pay_there(intent: PaymentIntent) -> None:
    """The client's browser pays at the gateway; we hear of it by an event alone."""
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})


def change(studio: Studio, intent: PaymentIntent, **fields: Any) -> None:
    with organization_scope(studio.organization, SYSTEM):
        PaymentIntent.objects.filter(id=intent.id).update(**fields)


def money(studio: Studio, intent: PaymentIntent) -> tuple[str, int, int, int]:
    row = stored(studio, intent)
    return row.status, row.captured_cents, row.refunded_cents, row.disputed_cents


def test_a_payment_that_we_only_hear_of_is_ours(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    booking = book(studio, status="held")
    intent = start(studio, booking)
    pay_there(intent)
    post.bring_all()
    assert set(post.states()) == {"done"}
    assert money(studio, intent) == ("succeeded", 7500, 0, 0)
    assert events(studio) == ["payment.created", "payment.succeeded"]
    with organization_scope(organization, SYSTEM):
        booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert alerts(organization) == []


def test_b2_an_event_may_come_before_we_know_the_gateways_id(organization: Organization, post: Post) -> None:
    """Our own row is there before the gateway is called, and its id is in the metadata."""
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    pay_there(intent)
    change(studio, intent, gateway_id="", status="pending")
    post.bring(post.events("payment_intent.succeeded")[0])
    post.work()
    assert post.states() == ["done"]
    assert stored(studio, intent).gateway_id == intent.gateway_id
    assert money(studio, intent) == ("succeeded", 7500, 0, 0)


def test_b2_an_event_may_come_before_our_own_answer(
    organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    pay = gateway.pay

    def slowly(*args: Any, **more: Any) -> gateway.Seen:
        answer = pay(*args, **more)
        post.bring_all()
        return answer

    monkeypatch.setattr(gateway, "pay", slowly)
    assert confirm(studio, intent, GOOD_CARD).status == "succeeded"
    assert set(post.states()) == {"done"}
    assert events(studio) == ["payment.created", "payment.succeeded"]


def test_b3_what_comes_late_turns_nothing_back(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio), "bank")
    confirm(studio, intent, bank_account())
    post.sandbox.settle_debit(intent.gateway_id)
    for type in ("payment_intent.succeeded", "payment_intent.processing", "payment_intent.created"):
        post.bring(post.events(type)[0])
        post.work()
        assert money(studio, intent) == ("succeeded", 7500, 0, 0)
    assert set(post.states()) == {"done"}


def test_b4_a_refund_may_be_told_of_before_the_payment(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    pay_there(intent)
    witness().refunds.create({"payment_intent": intent.gateway_id, "amount": 7500})
    for type in ("charge.refunded", "payment_intent.succeeded"):
        post.bring(post.events(type)[0])
        post.work()
        assert money(studio, intent) == ("succeeded", 7500, 7500, 0)
    assert events(studio) == ["payment.created", "payment.succeeded", "payment.refunded"]


def test_b6_a_replayed_event_is_taken_and_does_nothing(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    paid(studio)
    event = post.events()[-1]
    for _ in range(3):
        post.bring(event)
    assert len(post.rows()) == 1
    post.work()
    post.bring(event)
    assert len(post.rows()) == 1
    assert inbox(event).state == "done"
    assert events(studio) == ["payment.created", "payment.succeeded"]


def test_b10_a_handler_that_breaks_off_has_done_nothing(
    organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    pay_there(intent)
    event = post.events("payment_intent.succeeded")[0]
    post.bring(event)

    def breaks(*args: Any) -> None:
        applying.apply(*args)
        raise RuntimeError("half way")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError, match="half way"):
        broken.setattr(receiving, "apply", breaks)
        post.work()
    assert (inbox(event).state, inbox(event).done_at) == ("received", None)
    assert money(studio, intent) == ("pending", 0, 0, 0)
    assert events(studio) == ["payment.created"]
    post.work()
    assert inbox(event).state == "done"
    assert money(studio, intent) == ("succeeded", 7500, 0, 0)


def test_a_copy_in_another_organization_is_left_alone(organization: Organization, post: Post) -> None:
    original, copy = shop(organization), shop(new_organization())
    intent, other = start(original, book(original)), start(copy, book(copy))
    change(copy, other, gateway_id=intent.gateway_id)
    pay_there(intent)
    for event in post.events("payment_intent.succeeded", "charge.succeeded"):
        post.bring(event)
    post.work()
    assert money(original, intent) == ("succeeded", 7500, 0, 0)
    assert money(copy, other) == ("pending", 0, 0, 0)
    assert alerts(copy.organization) == []


def test_a_payment_that_names_us_and_is_not_here_is_an_orphan(organization: Organization, post: Post) -> None:
    told = {"organization": str(organization.id), "intent": str(new_id())}
    made = witness().payment_intents.create({"amount": 100, "currency": "usd", "metadata": told})
    post.bring_all()
    assert post.states() == ["rejected"]
    assert alerts(organization) == [("orphan", made.id)]


def disputed_meanwhile(post: Post, intent: PaymentIntent) -> Callable[[str], gateway.Seen]:
    """A look whose answer is old when it arrives: a dispute came, and its event was worked on."""
    look = gateway.look
    late: list[bool] = []

    def slow(gateway_id: str) -> gateway.Seen:
        answer = look(gateway_id)
        if not late:
            late.append(True)
            post.sandbox.control("POST", "disputes", payment_intent=intent.gateway_id)
            post.bring(post.events("charge.dispute.created")[0])
            post.work()
        return answer

    return slow


def test_a_look_that_was_overtaken_is_repeated(
    organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    intent = paid(studio)
    monkeypatch.setattr(gateway, "look", disputed_meanwhile(post, intent))
    looking.look(organization, SYSTEM, intent.id)
    assert money(studio, intent) == ("succeeded", 7500, 0, 7500)


def test_control_an_older_look_would_overwrite_a_newer_one(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = paid(studio)
    seen = disputed_meanwhile(post, intent)(intent.gateway_id)
    assert money(studio, intent) == ("succeeded", 7500, 0, 7500)
    with organization_scope(organization, SYSTEM):
        applying.apply(intent.id, seen)
    assert money(studio, intent) == ("succeeded", 7500, 0, 0)
