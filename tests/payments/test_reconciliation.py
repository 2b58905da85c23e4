"""What a crash or missed webhooks have left behind is repaired by looking. B11, C1, C2."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments
from authspine.orchestrator.payments import reconciling, repairing
from authspine.orchestrator.payments.reconciling import Report
from payments.actions import refunds
from payments.models import GatewayEvent, PaymentIntent, Refund
from tests.fixtures import new_organization
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import STAFF, book, events, paid, shop, start, stored
from tests.payments.webhooks import Post, alerts
from tests.studio import Studio


def reconcile(studio: Studio) -> Report:
    return payments.reconcile(clock.now() - timedelta(days=3), organization=studio.organization)


def repaired(report: Report) -> dict[str, int]:
    """Beside the events, which also tell of what the last comparison did."""
    return {what: count for what, count in report.done.items() if count and not what.startswith("events")}


def long_ago(studio: Studio, row: PaymentIntent | Refund, **changes: Any) -> None:
    """Its process died an hour ago, with these left as they were."""
    with organization_scope(studio.organization, SYSTEM):
        type(row).objects.filter(id=row.id).update(**{"updated_at": clock.now() - timedelta(hours=1)} | changes)


def test_where_nothing_is_missing_nothing_is_repaired(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    paid(studio)
    post.bring_all()
    reconcile(studio)  # works on what other tests have left in the inbox
    told = events(studio)
    report = reconcile(studio)
    assert (+report.done, report.failed, report.alerts, report.is_clean) == ({}, [], {}, True)
    assert events(studio) == told


def test_b11_what_was_missed_for_three_days_is_repaired(organization: Organization, post: Post) -> None:
    """The browser paid, a refund was made by hand, a bank took money back: nobody told us."""
    studio = shop(organization)
    heard, refunded, disputed = (start(studio, book(studio, status="held", hour=hour)) for hour in (10, 12, 14))
    for intent in (heard, refunded, disputed):
        witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    witness().refunds.create({"payment_intent": refunded.gateway_id, "amount": 500})
    post.sandbox.control("POST", "disputes", payment_intent=disputed.gateway_id)
    report = reconcile(studio)
    assert report.done["events that had not come"] == len(post.events())
    found = [stored(studio, intent) for intent in (heard, refunded, disputed)]
    assert [(row.status, row.captured_cents, row.refunded_cents, row.disputed_cents) for row in found] == [
        ("succeeded", 7500, 0, 0),
        ("succeeded", 7500, 500, 0),
        ("succeeded", 7500, 0, 7500),
    ]
    assert [kind for kind, _ in alerts(organization)] == ["dispute"]
    assert sorted(events(studio, starting="booking.c")) == sorted(["booking.created", "booking.confirmed"] * 3)
    told = events(studio)
    assert repaired(reconcile(studio)) == {}
    assert events(studio) == told


def test_c2_an_attempt_that_was_never_announced_is_given_up(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"), "cash")
    long_ago(studio, intent, method="card")
    assert reconcile(studio).done["attempts given up that were never announced"] == 1
    assert stored(studio, intent).status == "cancelled"
    assert post.sandbox.money() == []


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_an_attempt_whose_announcement_was_not_noted_is_found(
    organization: Organization, post: Post, status: str
) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    long_ago(studio, intent, gateway_id="", status=status)
    reconcile(studio)
    assert stored(studio, intent).gateway_id == intent.gateway_id


def test_c1_money_that_arrived_before_the_crash_is_found(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    booking = book(studio, status="held")
    intent = start(studio, booking)
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    long_ago(studio, intent, gateway_id="", status="processing", gateway_method=GOOD_CARD)
    reconcile(studio)
    found = stored(studio, intent)
    assert (found.status, found.captured_cents, found.gateway_id) == ("succeeded", 7500, intent.gateway_id)
    assert [one["charges"] for one in post.sandbox.money()] == [1]
    with organization_scope(organization, SYSTEM):
        booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_money_that_was_claimed_and_never_asked_for_is_let_be(organization: Organization, post: Post) -> None:
    """Who pays later would be surprised: the attempt ends at the provider, then here."""
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    long_ago(studio, intent, status="processing", gateway_method=GOOD_CARD)
    assert reconcile(studio).done["open payments cancelled at the provider"] == 1
    assert stored(studio, intent).status == "cancelled"
    assert witness().payment_intents.retrieve(intent.gateway_id).status == "canceled"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_is_over_here_cannot_be_paid_there(organization: Organization, post: Post, status: str) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    long_ago(studio, intent, status=status)
    reconcile(studio)
    assert witness().payment_intents.retrieve(intent.gateway_id).status == "canceled"
    assert stored(studio, intent).status == status
    assert repaired(reconcile(studio)) == {}


def test_a_capture_that_was_not_noted_is_seen(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio), capture="manual")
    payments.confirm(organization, STAFF, intent.id, payment_method=GOOD_CARD)
    witness().payment_intents.capture(intent.gateway_id, {"amount_to_capture": 5000})
    reconcile(studio)
    found = stored(studio, intent)
    assert (found.status, found.captured_cents) == ("succeeded", 5000)


def test_a_refund_that_was_claimed_is_carried_out(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = paid(studio)
    with organization_scope(organization, SYSTEM):
        claimed = refunds.make(PaymentIntent.objects.get(id=intent.id), 2500, now=clock.now())
    long_ago(studio, claimed)
    assert reconcile(studio).done["refunds carried out"] == 1
    assert post.sandbox.money()[0]["refunded"] == 2500
    assert events(studio)[-1] == "payment.refunded"


def test_the_money_of_a_booking_that_is_over_is_settled(organization: Organization, post: Post) -> None:
    """Although the job that was to do it is lost."""
    studio = shop(organization)
    booking = book(studio)
    intent = paid(studio, booking)
    with organization_scope(organization, SYSTEM):
        bookings.cancel(booking.id)
    assert reconcile(studio).done["bookings settled"] == 1
    assert stored(studio, intent).refunded_cents == 7500
    assert repaired(reconcile(studio)) == {}


def test_a_payment_that_is_not_here_is_reported(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    told = {"organization": str(organization.id), "intent": "0199c8b0-0000-7000-8000-000000000000"}
    lost = witness().payment_intents.create({"amount": 100, "currency": "usd", "metadata": told})
    report = reconcile(studio)
    assert [(one.kind, one.subject) for one in report.alerts[organization.slug]] == [("orphan", lost.id)]
    assert not report.is_clean


def test_a_copy_in_another_organization_is_left_alone(organization: Organization, post: Post) -> None:
    original, copy = shop(organization), shop(new_organization())
    intent, other = start(original, book(original)), start(copy, book(copy), "cash")
    long_ago(copy, other, method="card", gateway_id=intent.gateway_id, status="processing")
    report = reconcile(copy)
    assert (report.failed, report.alerts) == ([], {})
    assert stored(copy, other).status == "processing"
    assert witness().payment_intents.retrieve(intent.gateway_id).status == "requires_payment_method"


def test_a_payment_that_the_gateway_does_not_find_is_reported(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio))
    post.sandbox.control("POST", "reset")
    assert [(one.kind, one.subject) for one in reconcile(studio).alerts[organization.slug]] == [
        ("not_there", intent.gateway_id)
    ]
    assert stored(studio, intent).status == "pending"


def test_one_payment_of_which_nothing_can_be_learned_stops_no_other(
    organization: Organization, post: Post, settings: Settings
) -> None:
    settings.STRIPE_RETRIES = 0
    studio = shop(organization)
    broken, other = (start(studio, book(studio, status="held", hour=hour)) for hour in (10, 14))
    for intent in (broken, other):
        witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    post.sandbox.fault("garbage", f"/v1/payment_intents/{broken.gateway_id}", method="GET", times=20)
    report = reconcile(studio)
    assert f"{organization.slug}: {broken.gateway_id}" in report.failed
    assert [stored(studio, intent).status for intent in (broken, other)] == ["pending", "succeeded"]
    post.sandbox.control("DELETE", "faults")
    assert reconcile(studio).failed == []
    assert stored(studio, broken).status == "succeeded"


def test_what_fails_in_one_organization_stops_no_other(
    organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = shop(organization), shop(new_organization())
    intents = [start(studio, book(studio, status="held")) for studio in (first, second)]
    for intent in intents:
        witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})

    def breaks(organization: Organization, *args: Any) -> Any:
        if organization == first.organization:
            raise RuntimeError("here")
        return repairing.compared(organization, *args)

    monkeypatch.setattr(identity_queries, "open_organizations", lambda: [first.organization, second.organization])
    monkeypatch.setattr(reconciling, "catch_up", lambda run: None)
    monkeypatch.setattr(repairing, "STEPS", (breaks,))
    report = payments.reconcile(clock.now() - timedelta(days=3))
    assert report.failed == [f"{organization.slug}: the comparison"]
    assert stored(second, intents[1]).status == "succeeded"


def test_an_event_that_waits_for_too_long_is_reported(
    organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    paid(studio)
    event = post.events()[-1]
    post.bring(event)
    GatewayEvent.objects.update(received_at=clock.now())  # the inbox is everybody's: other tests' may have grown old
    GatewayEvent.objects.filter(event_id=event).update(received_at=clock.now() - timedelta(hours=1))

    def breaks(event: object) -> None:
        raise RuntimeError("here")

    monkeypatch.setattr(reconciling, "process_event", breaks)
    report = reconcile(studio)
    assert (report.waiting, report.is_clean) == (1, False)
    assert f"inbox: {event}" in report.failed
