"""The ledger and the alerts in the admin: a booking's and a payment's own, to be looked at; alerts are settled."""

import pytest
from django.test import Client as Browser

from authspine.identity.models import Organization
from authspine.kernel.tenancy import organization_scope
from payments.models import Alert, GatewayEvent, LedgerTransaction, PaymentIntent
from tests.admin.office import member, move, page, rows, said, signed_in
from tests.payments.paying import STAFF, book, paid, refund
from tests.studio import Studio

YES = {"_form_submitted": "on"}


@pytest.fixture
def browser(organization: Organization) -> Browser:
    return signed_in(member(organization))


def test_a_payments_page_leads_to_the_ledger_of_its_booking(studio: Studio, browser: Browser) -> None:
    intent = paid(studio, book(studio, hour=9), "cash")
    other = paid(studio, book(studio, hour=11), "cash")
    refund(studio, intent, 500)
    shown = browser.get(page(PaymentIntent, "change", intent.id)).content.decode()
    address = f"{page(LedgerTransaction, 'changelist')}?booking__id__exact={intent.booking_id}"
    assert address in shown
    listed = browser.get(address).content.decode()
    assert "$75.00" in listed
    assert "-$5.00" in listed
    assert str(other.booking_id) not in listed


def test_a_bookings_page_leads_there_too(studio: Studio, browser: Browser) -> None:
    booking = book(studio)
    shown = browser.get(page(type(booking), "change", booking.id)).content.decode()
    assert f"{page(LedgerTransaction, 'changelist')}?booking__id__exact={booking.id}" in shown


def alert(studio: Studio) -> Alert:
    with organization_scope(studio.organization, STAFF):
        made: Alert = Alert.objects.create(kind="amount_differs", subject="pi_1", detail="75 there, 74 here")
        return made


def test_an_alert_is_settled_once(studio: Studio, browser: Browser, organization: Organization) -> None:
    found = alert(studio)
    assert move(found, "settle") in browser.get(page(Alert, "change", found.id)).content.decode()
    assert said(browser.post(move(found, "settle"), YES, follow=True)) == [("success", "The alert is settled.")]
    (settled,) = rows(organization, "payments.Alert")
    assert settled.settled_at
    assert settled.settled_by.startswith("user:")
    assert move(found, "settle") not in browser.get(page(Alert, "change", found.id)).content.decode()
    assert [tone for tone, _ in said(browser.post(move(found, "settle"), YES, follow=True))] == ["error"]
    (still,) = rows(organization, "payments.Alert")
    assert still.settled_at == settled.settled_at


def test_who_may_only_read_settles_nothing(studio: Studio, organization: Organization) -> None:
    found = alert(studio)
    reader = signed_in(member(organization, "readonly"))
    assert reader.post(move(found, "settle"), YES).status_code == 403
    assert next(rows(organization, "payments.Alert")).settled_at is None


def test_the_gateways_events_are_for_superusers(browser: Browser) -> None:
    assert browser.get(page(GatewayEvent, "changelist")).status_code == 403
