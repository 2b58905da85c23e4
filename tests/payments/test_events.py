"""Without its event a change to a payment, or to what is on file to pay with, is gone; asked again it is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from analytics.models import AnalyticsEvent
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payment_methods
from payments.actions import methods as method_actions
from payments.errors import Declined
from payments.models import PaymentMethod
from tests.gateways import DECLINED_CARD, GOOD_CARD
from tests.payments.paying import STAFF, book, confirm, events, start, stored
from tests.studio import Studio


@contextmanager
def no_event_can_be_stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(event: AnalyticsEvent) -> None:
        raise RuntimeError("the event cannot be stored")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError, match="cannot be stored"):
        broken.setattr("analytics.actions.insert", refuse)
        yield


def test_without_its_event_a_failure_is_not_recorded(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    intent = start(studio, book(studio))
    with no_event_can_be_stored(monkeypatch):
        confirm(studio, intent, DECLINED_CARD)
    assert (stored(studio, intent).status, events(studio)) == ("processing", ["payment.created"])
    with pytest.raises(Declined):
        confirm(studio, intent, DECLINED_CARD)
    assert (stored(studio, intent).status, events(studio)) == ("failed", ["payment.created", "payment.failed"])


def test_without_its_event_an_attempt_is_not_given_up(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = book(studio)
    first = start(studio, booking)
    with no_event_can_be_stored(monkeypatch):
        start(studio, booking, "cash")
    assert (stored(studio, first).status, events(studio)) == ("pending", ["payment.created"])
    start(studio, booking, "cash")
    assert stored(studio, first).status == "cancelled"
    assert events(studio) == ["payment.created", "payment.cancelled", "payment.created"]


def on_file(studio: Studio) -> list[tuple[str, bool]]:
    with organization_scope(studio.organization, STAFF):
        return sorted(PaymentMethod.objects.values_list("provider_method_id", "is_default"))


def add(studio: Studio, second: PaymentMethod) -> None:
    payment_methods.add(studio.organization, STAFF, client=studio.client.id, type="card", payment_method=GOOD_CARD)


def set_default(studio: Studio, second: PaymentMethod) -> None:
    with organization_scope(studio.organization, STAFF):
        payment_methods.set_default(second.id)


def remove(studio: Studio, second: PaymentMethod) -> None:
    payment_methods.remove(studio.organization, STAFF, second.id)


@pytest.mark.parametrize("change", [add, set_default, remove])
def test_without_its_event_what_is_on_file_stays(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, change: Callable[[Studio, PaymentMethod], None]
) -> None:
    with organization_scope(studio.organization, STAFF):
        _, second = (
            method_actions.add(studio.client, type="card", gateway_id=name, now=clock.now()) for name in ("a", "b")
        )
    before = on_file(studio)
    with no_event_can_be_stored(monkeypatch):
        change(studio, second)
    assert on_file(studio) == before
    change(studio, second)
    assert on_file(studio) != before
    assert events(studio, starting="client.updated") == ["client.updated"]
