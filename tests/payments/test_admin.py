"""Payments in the admin: to be looked at, and to give money back from."""

from typing import Any

import pytest
from django.test import Client as Browser

from authspine.identity.models import Organization
from payments.models import PaymentIntent, Refund
from tests.admin.office import member, move, page, rows, said, signed_in
from tests.payments.paying import paid, shop

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
