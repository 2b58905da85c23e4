"""Payments in the admin: to be looked at, and to give money back from."""

from typing import Any

import pytest
from django.test import Client as Browser

from authspine.identity.models import Organization
from authspine.kernel import clock
from payments.models import GatewayEvent, PaymentIntent, Refund, RefundRequest
from tests.admin.office import faults, member, move, new_user, one, page, rows, said, signed_in
from tests.payments.paying import book, confirm, paid, shop, start, stored
from tests.sandboxes import Sandbox

YES = {"_form_submitted": "on"}


@pytest.fixture
def browser(organization: Organization) -> Browser:
    return signed_in(member(organization))


@pytest.fixture
def intent(organization: Organization) -> PaymentIntent:
    """75.00 in cash."""
    return paid(shop(organization), method="cash")


def refunds(organization: Organization) -> list[Any]:
    return list(rows(organization, "payments.Refund"))


def test_the_list_and_the_page_show_money_and_state(browser: Browser, intent: PaymentIntent) -> None:
    listed = browser.get(page(PaymentIntent, "changelist")).content.decode()
    assert "$75.00" in listed
    assert "succeeded" in listed
    assert move(intent, "refund") in browser.get(page(PaymentIntent, "change", intent.id)).content.decode()


def test_all_that_is_left_is_given_back(browser: Browser, organization: Organization, intent: PaymentIntent) -> None:
    assert "$75.00" in browser.get(move(intent, "refund")).content.decode()
    assert not refunds(organization)
    response = browser.post(move(intent, "refund"), YES | {"amount": "", "reason": "Ill"}, follow=True)
    assert said(response) == [("success", "$75.00 is given back.")]
    (given,) = refunds(organization)
    assert (given.amount_cents, given.reason, given.status) == (7500, "Ill", Refund.Status.SUCCEEDED)
    told: Any = list(rows(organization, "analytics.AnalyticsEvent"))[-1]
    assert told.type == "payment.refunded"
    assert told.actor.startswith("user:")
    assert move(intent, "refund") not in browser.get(page(PaymentIntent, "change", intent.id)).content.decode()


def test_a_part_is_given_back(browser: Browser, organization: Organization, intent: PaymentIntent) -> None:
    browser.post(move(intent, "refund"), YES | {"amount": "20", "reason": ""})
    assert [given.amount_cents for given in refunds(organization)] == [2000]
    assert "$55.00" in browser.get(move(intent, "refund")).content.decode()


def test_more_than_is_left_is_refused_in_words(
    browser: Browser, organization: Organization, intent: PaymentIntent
) -> None:
    response = browser.post(move(intent, "refund"), YES | {"amount": "75.01", "reason": ""}, follow=True)
    assert [tone for tone, _ in said(response)] == ["error"]
    assert not refunds(organization)


@pytest.mark.parametrize("typed", ["much", "-5", "5.001"])
def test_what_is_no_amount_is_asked_for_again(
    browser: Browser, organization: Organization, intent: PaymentIntent, typed: str
) -> None:
    response = browser.post(move(intent, "refund"), YES | {"amount": typed, "reason": ""})
    assert response.status_code == 200
    assert "An amount in USD looks like" in response.content.decode()
    assert not refunds(organization)


def test_a_foreign_payment_is_not_refunded(intent: PaymentIntent, organization: Organization) -> None:
    from tests.fixtures import new_organization

    stranger = signed_in(member(new_organization(), "owner"))
    assert stranger.post(move(intent, "refund"), YES).status_code == 404
    assert stranger.get(move(intent, "refund")).status_code == 404
    assert not refunds(organization)


def test_who_may_only_read_gives_nothing_back(organization: Organization, intent: PaymentIntent) -> None:
    reader = signed_in(member(organization, "readonly"))
    assert reader.post(move(intent, "refund"), YES).status_code == 403
    assert not refunds(organization)


@pytest.fixture
def limited(organization: Organization) -> Organization:
    """Nobody gives back more than 30.00 alone."""
    Organization.objects.filter(id=organization.id).update(refund_approval_cents=3000)
    return organization


@pytest.fixture
def asked(browser: Browser, limited: Organization, intent: PaymentIntent) -> RefundRequest:
    response = browser.post(move(intent, "refund"), YES | {"amount": "50", "reason": "Ill"}, follow=True)
    assert said(response) == [
        ("success", "$50.00 is more than one person may give back: a second person has to approve it.")
    ]
    return one(limited, RefundRequest)


def test_a_second_person_finds_it_and_approves(limited: Organization, asked: RefundRequest) -> None:
    second = signed_in(member(limited))
    listed = second.get(page(RefundRequest, "changelist")).content.decode()
    assert "$50.00" in listed
    assert str(asked.id) in listed
    response = second.post(move(asked, "approve"), YES, follow=True)
    assert said(response) == [("success", "Approved: $50.00 is given back.")]
    assert [given.amount_cents for given in refunds(limited)] == [5000]
    assert str(asked.id) not in second.get(page(RefundRequest, "changelist")).content.decode()
    assert str(asked.id) in second.get(page(RefundRequest, "changelist"), {"status": "approved"}).content.decode()


def test_who_asked_is_not_offered_to_approve(browser: Browser, limited: Organization, asked: RefundRequest) -> None:
    shown = browser.get(page(RefundRequest, "change", asked.id)).content.decode()
    assert move(asked, "refuse") in shown
    assert move(asked, "approve") not in shown
    response = browser.post(move(asked, "approve"), YES, follow=True)
    assert said(response) == [("error", "You have asked for this refund yourself: somebody else has to approve it.")]
    assert not refunds(limited)


def test_it_is_refused_with_a_reason(limited: Organization, asked: RefundRequest) -> None:
    second = signed_in(member(limited))
    response = second.post(move(asked, "refuse"), YES | {"reason": "Not ours to pay"}, follow=True)
    assert said(response) == [("success", "The refund is refused.")]
    assert "Not ours to pay" in response.content.decode()
    assert move(asked, "approve") not in response.content.decode()
    assert not refunds(limited)


@pytest.mark.parametrize("name", ["approve", "refuse"])
def test_strangers_and_readers_decide_nothing(limited: Organization, asked: RefundRequest, name: str) -> None:
    from tests.fixtures import new_organization

    stranger = signed_in(member(new_organization(), "owner"))
    assert stranger.post(move(asked, name), YES).status_code == 404
    assert signed_in(member(limited, "readonly")).post(move(asked, name), YES).status_code == 403
    assert one(limited, RefundRequest).status == "asked"


def test_the_limit_is_set_as_people_write_it(organization: Organization) -> None:
    office, at = signed_in(new_user(is_superuser=True)), page(Organization, "change", organization.id)
    whole = {"name": "Studio", "timezone": "UTC", "currency": "USD"}
    for typed, cents in (("30.00", 3000), ("", None), ("0", 0)):
        assert office.post(at, whole | {"refund_approval": typed}).status_code == 302
        organization.refresh_from_db()
        assert organization.refund_approval_cents == cents
    assert "refund_approval" in faults(office.post(at, whole | {"refund_approval": "much"}))


def test_the_whole_story_stands_on_the_page(
    browser: Browser, limited: Organization, asked: RefundRequest, intent: PaymentIntent
) -> None:
    signed_in(member(limited)).post(move(asked, "approve"), YES)
    shown = " ".join(browser.get(page(PaymentIntent, "change", intent.id)).content.decode().split())
    told = [
        "Started: $75.00 by cash, for full",
        "payment.created",
        "payment.succeeded",
        "cash in hand debit $75.00, deposits held credit $75.00",
        "Asked to give back $50.00",
        "Refund of $50.00 (asked)",
        "payment.refunded",
    ]
    assert [words for words in told if words not in shown] == []
    first, last = shown.index("Asked to give back $50.00"), shown.index("Refund of $50.00 succeeded")
    assert shown.index("Started:") < first < last


def test_what_the_gateway_told_and_holds(browser: Browser, organization: Organization, sandbox: Sandbox) -> None:
    """Authorized, captured in part, looked at again; a dispute and its alert are on the page by then."""
    studio = shop(organization)
    held = confirm(studio, start(studio, book(studio), capture="manual"), "pm_card_visa")
    event: dict[str, Any] = {"event_id": f"evt_{held.id}", "type": "charge.captured", "happened_at": clock.now()}
    GatewayEvent.objects.create(facts={"payment_intent": held.gateway_id}, **event)
    response = browser.post(move(held, "capture"), YES | {"amount": "25"}, follow=True)
    assert said(response) == [("success", "$25.00 is captured altogether.")]
    sandbox.control("POST", "disputes", payment_intent=held.gateway_id, reason="fraudulent")
    assert said(browser.post(move(held, "look"), YES, follow=True)) == [("success", "The provider says: succeeded.")]
    shown = browser.get(page(PaymentIntent, "change", held.id)).content.decode()
    for words in ("charge.captured", "payment.captured", "Dispute about", "Answer it at the provider"):
        assert words in shown
    for name in ("capture", "cancel"):
        assert move(held, name) not in shown


def test_what_is_held_is_let_go(browser: Browser, organization: Organization) -> None:
    studio = shop(organization)
    held = confirm(studio, start(studio, book(studio), capture="manual"), "pm_card_visa")
    response = browser.post(move(held, "cancel"), YES, follow=True)
    assert said(response) == [("success", "The payment is cancelled.")]
    assert stored(studio, held).status == "cancelled"


@pytest.mark.parametrize("name", ["capture", "cancel", "look"])
def test_another_organizations_payment_is_left_alone(intent: PaymentIntent, name: str) -> None:
    from tests.fixtures import new_organization

    stranger = signed_in(member(new_organization(), "owner"))
    assert stranger.post(move(intent, name), YES).status_code == 404
