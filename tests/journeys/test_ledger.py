"""The ledger is written with the change that it tells of: when it cannot be, the change is gone too."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments
from bookings.models import Booking
from payments.models import LedgerEntry, LedgerTransaction
from tests.payments.paying import STAFF, book, paid, shop, start
from tests.studio import Studio


def turned(journey: Callable[[UUID], Any]) -> Callable[[Studio, Booking], Any]:
    def turn(studio: Studio, booking: Booking) -> None:
        with organization_scope(studio.organization, STAFF):
            journey(booking.id)

    return turn


def cancel_day(studio: Studio, booking: Booking) -> None:
    with organization_scope(studio.organization, STAFF):
        bookings.cancel_day(studio.professional.id, on=studio.day())


JOURNEYS: dict[str, Callable[[Studio, Booking], Any]] = {
    "complete": turned(bookings.complete),
    "cancel": turned(bookings.cancel),
    "no_show": turned(bookings.mark_no_show),
    "cancel_day": cancel_day,
}


def refuse(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("the ledger cannot be written")


def bookings_and_events(studio: Studio) -> Any:
    tables: Any = (Booking, AnalyticsEvent, LedgerTransaction, LedgerEntry)
    with organization_scope(studio.organization, STAFF):
        return [[dict(row) for row in table.objects.order_by("id").values()] for table in tables]


@pytest.mark.parametrize("name", JOURNEYS)
def test_without_its_ledger_the_change_is_gone(
    organization: Organization, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    booking = book(studio)
    before = bookings_and_events(studio)
    with monkeypatch.context() as broken:
        broken.setattr("payments.actions.ledger.post", refuse)
        with pytest.raises(RuntimeError, match="cannot be written"):
            JOURNEYS[name](studio, booking)
    assert bookings_and_events(studio) == before
    JOURNEYS[name](studio, booking)
    assert bookings_and_events(studio) != before


def test_without_its_ledger_no_money_is_recorded(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """The payment stays under way, and is recorded by the next confirmation."""
    studio = shop(organization)
    intent = start(studio, book(studio), "cash")
    with monkeypatch.context() as broken:
        broken.setattr("payments.actions.ledger.insert", refuse)
        with pytest.raises(RuntimeError, match="cannot be written"):
            payments.confirm(studio.organization, STAFF, intent.id)
    with organization_scope(organization, STAFF):
        intent.refresh_from_db()
        assert (intent.status, intent.captured_cents) == ("processing", 0)
        assert not AnalyticsEvent.objects.filter(type="payment.succeeded").exists()
    assert payments.confirm(studio.organization, STAFF, intent.id).captured_cents == 7500


def test_without_its_ledger_no_refund_is_recorded(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = shop(organization)
    intent = paid(studio, method="cash")
    with monkeypatch.context() as broken:
        broken.setattr("payments.actions.ledger.insert", refuse)
        with pytest.raises(RuntimeError, match="cannot be written"):
            payments.refund(studio.organization, STAFF, intent=intent.id, amount=Money(500, "USD"))
    with organization_scope(organization, STAFF):
        assert [given.status for given in intent.refunds.all()] == ["pending"]
        assert LedgerTransaction.objects.count() == 1
        assert not AnalyticsEvent.objects.filter(type="payment.refunded").exists()
