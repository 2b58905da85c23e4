"""F3 and F4 of the matrix: who may not be erased now, and what is kept by law when they are."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization, User
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import verticals
from bookings.models import Booking, Session
from payments.actions import approvals
from payments.models import Dispute, MethodSetup, PaymentIntent, Refund
from tests.fixtures import Maker, new_organization
from tests.payments.paying import STAFF, book, paid, refund, shop, start, stored
from tests.rest import Api, refused
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def erase(admin: Api, studio: Studio) -> Any:
    return admin.post(f"/clients/{studio.client.id}/erase")


def over(studio: Studio) -> Booking:
    """A booking that is not ahead any more, and still open to be paid."""
    return book(studio, status="completed")


def test_f3_under_a_legal_hold(admin: Api, studio: Studio) -> None:
    assert admin.put(f"/clients/{studio.client.id}/legal-hold", {"reference": "AZ 7"}).status_code == 200
    refused(erase(admin, studio), 409, "legal_hold")
    assert admin.get(f"/clients/{studio.client.id}").json()["name"] == studio.client.name
    assert admin.delete(f"/clients/{studio.client.id}/legal-hold").status_code == 204
    assert erase(admin, studio).status_code == 200


def test_nothing_more_is_written_down_about_somebody_who_was_erased(admin: Api, studio: Studio) -> None:
    """Their past bookings still take their course."""
    booking = book(studio, status="confirmed")
    past = clock.now() - timedelta(hours=2)
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", intake_questions=[{"id": "a", "prompt": "Allergies?", "type": "text"}])
        Session.objects.filter(id=booking.session_id).update(starts_at=past, ends_at=past + timedelta(hours=1))
    assert erase(admin, studio).status_code == 200
    path = f"/bookings/{booking.id}"
    refused(admin.put(f"{path}/answers", {"answers": {"a": "nuts"}}), 409, "person_erased")
    refused(admin.post(f"{path}/cancel", {"reason": "Ana was ill"}), 409, "person_erased")
    assert admin.post(f"{path}/cancel").json()["status"] == "cancelled"
    for path in ("export", "consents", "legal-hold"):
        assert admin.get(f"/clients/{studio.client.id}/{path}").status_code in (200, 404)


def test_no_event_is_tracked_about_somebody_who_was_erased(admin: Api, studio: Studio) -> None:
    assert erase(admin, studio).status_code == 200
    event = {"type": "newsletter.opened", "user": str(studio.client.id), "data": {"name": "Kim"}}
    refused(admin.post("/analytics/events", event), 409, "person_erased")


def test_f3_what_the_law_has_kept_is_listed_why_and_until_when(admin: Api, studio: Studio) -> None:
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", data_retention_days=100)
    booking = over(studio)
    paid(studio, booking)
    receipt = erase(admin, studio).json()
    kept = {each["what"]: each for each in receipt["kept"]}
    in_ten_years = date(clock.now().year + 10, 12, 31).isoformat()
    assert {what: (each["count"], each["until"]) for what, each in kept.items()} == {
        "bookings": (1, in_ten_years),
        "payments and refunds": (1, in_ten_years),
        "ledger transactions": (kept["ledger transactions"]["count"], in_ten_years),
        "events": (kept["events"]["count"], in_ten_years),
        "the empty record": (1, in_ten_years),
        "a line on the list of erasures": (1, None),
    }
    assert "10 years" in kept["payments and refunds"]["why"]
    assert all(each["why"] for each in receipt["kept"])


def test_f3_without_money_bookings_are_kept_by_their_vertical(admin: Api, studio: Studio) -> None:
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", data_retention_days=100)
    booking = book(studio, status="cancelled")
    kept = {each["what"]: each["until"] for each in erase(admin, studio).json()["kept"]}
    until = (booking.session.ends_at + timedelta(days=100)).date().isoformat()
    assert kept["bookings"] == until
    assert "payments and refunds" not in kept


@pytest.mark.parametrize("status", ["held", "confirmed"])
def test_f4_with_a_booking_ahead(admin: Api, studio: Studio, status: str) -> None:
    booking = book(studio, status=status)
    refused(erase(admin, studio), 409, "booking_ahead")
    assert admin.post(f"/bookings/{booking.id}/cancel").status_code == 200
    assert erase(admin, studio).status_code == 200


def test_f4_with_a_request_that_waits(admin: Api, studio: Studio) -> None:
    booking = book(studio, status="held")
    with organization_scope(studio.organization, STAFF):
        Booking.objects.filter(id=booking.id).update(status="requested")
    refused(erase(admin, studio), 409, "booking_ahead")


def test_f4_a_hold_that_has_lapsed_and_a_time_that_is_over_are_not_ahead(admin: Api, studio: Studio) -> None:
    held, confirmed = book(studio, status="held", hour=9), book(studio, status="confirmed", hour=11)
    past = clock.now() - timedelta(hours=2)
    with organization_scope(studio.organization, STAFF):
        Booking.objects.filter(id=held.id).update(hold_expires_at=past)
        Session.objects.filter(id=confirmed.session_id).update(starts_at=past, ends_at=past + timedelta(hours=3))
    refused(erase(admin, studio), 409, "booking_ahead")  # it lasts for another hour
    with organization_scope(studio.organization, STAFF):
        Session.objects.filter(id=confirmed.session_id).update(ends_at=past + timedelta(hours=1))
    assert erase(admin, studio).status_code == 200


LIVE = [PaymentIntent.Status.PENDING, PaymentIntent.Status.PROCESSING, PaymentIntent.Status.REQUIRES_ACTION]


@pytest.mark.parametrize("status", [*LIVE, PaymentIntent.Status.AUTHORIZED])
def test_f4_while_a_payment_is_in_flight(admin: Api, studio: Studio, status: str) -> None:
    intent = start(studio, over(studio))
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(status=status)
    refused(erase(admin, studio), 409, "payment_in_flight")
    assert stored(studio, intent).status == status


def pending_refund(intent: PaymentIntent) -> None:
    Refund.objects.create(intent=intent, amount_cents=100, currency="USD")


def request_to_approve(intent: PaymentIntent) -> None:
    approvals.ask(intent.id, amount=None, reason="", by="user:a", now=clock.now())


def dispute(intent: PaymentIntent) -> None:
    Dispute.objects.create(intent=intent, amount_cents=100, currency="USD", gateway_id="dp_1")


def card_to_approve(intent: PaymentIntent) -> None:
    MethodSetup.objects.create(client=intent.booking.client, type="card", status="requires_action")


@pytest.mark.parametrize("begin", [pending_refund, request_to_approve, dispute, card_to_approve])
def test_f4_while_something_else_of_their_money_is_in_flight(
    admin: Api, studio: Studio, begin: Callable[[PaymentIntent], None]
) -> None:
    intent = paid(studio, over(studio))
    with organization_scope(studio.organization, STAFF):
        begin(PaymentIntent.objects.select_related("booking__client").get(id=intent.id))
    refused(erase(admin, studio), 409, "payment_in_flight")
    assert admin.get(f"/clients/{studio.client.id}").json()["name"] == studio.client.name


def test_f4_nothing_is_charged_after_an_erasure_and_no_charge_is_orphaned(admin: Api, studio: Studio) -> None:
    intent = paid(studio, over(studio))
    assert erase(admin, studio).status_code == 200
    assert refund(studio, intent, 1000).status == "succeeded"
    assert stored(studio, intent).refunded_cents == 1000


def test_only_an_admin_may(api_client: Api, reader: Api, make: Maker) -> None:
    client = make.client()
    for caller in (api_client, reader):
        refused(caller.post(f"/clients/{client.id}/erase"), 403, "permission_denied")


def test_one_who_was_never_erased_has_no_receipt(admin: Api, make: Maker) -> None:
    refused(admin.get(f"/clients/{make.client().id}/erasure"), 404, "not_found")


def test_a_deleted_client_can_be_erased(admin: Api, studio: Studio) -> None:
    over(studio)
    assert admin.delete(f"/clients/{studio.client.id}").status_code == 204
    assert erase(admin, studio).status_code == 200


def test_a_login_stays_as_long_as_another_organization_needs_it(admin: Api, make: Maker) -> None:
    """And nobody is told whether it does."""
    other = Maker(new_organization())
    here, there, alone = make.client(email="both@example.com"), other.client(email="both@example.com"), make.client()
    receipts = [admin.post(f"/clients/{client.id}/erase").json() for client in (here, alone)]
    assert User.objects.filter(id=there.user_id).exists()
    assert not User.objects.filter(id=alone.user_id).exists()
    assert receipts[0]["erased"] == receipts[1]["erased"]
    assert [each["what"] for each in receipts[0]["kept"]] == [each["what"] for each in receipts[1]["kept"]]


@pytest.mark.parametrize("role", ["member", "staff", "professional"])
def test_a_login_stays_that_is_more_than_a_clients(admin: Api, make: Maker, role: str) -> None:
    client = make.client(email=f"{role}@example.com")
    if role == "member":
        identity_actions.add_member(new_organization(), client.user, role="staff", by="owner")
    elif role == "staff":
        User.objects.filter(id=client.user_id).update(is_staff=True)
    else:
        Maker(new_organization()).professional(email=client.email)
    assert admin.post(f"/clients/{client.id}/erase").status_code == 200
    assert User.objects.filter(id=client.user_id).exists()
