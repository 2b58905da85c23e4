"""What a change to a service leaves alone. Each `stale` row was read before somebody else's change was."""

import pytest

from authspine.kernel import clock
from authspine.kernel.money import Money
from authspine.kernel.tenancy import Scope
from services import actions, queries
from services.errors import DepositAbovePrice, OtherCurrency
from tests.factories import ServiceFactory


def test_a_change_does_not_put_a_withdrawn_service_on_offer(scope: Scope) -> None:
    service = ServiceFactory()
    stale = queries.get(service.id)
    actions.deactivate(queries.get(service.id), now=clock.now())
    shown = actions.update(stale, name="Other", now=clock.now())
    kept = queries.get(service.id)
    assert (kept.name, kept.active, shown.active) == ("Other", False, False)


def test_a_deposit_is_held_against_the_price_of_now(scope: Scope) -> None:
    service = ServiceFactory()
    stale = queries.get(service.id)
    actions.update(queries.get(service.id), price=Money(1000, "USD"), now=clock.now())
    with pytest.raises(DepositAbovePrice):
        actions.update(stale, deposit=Money(5000, "USD"), now=clock.now())


def test_a_price_in_another_currency_leaves_no_deposit_in_the_old_one(scope: Scope) -> None:
    service = ServiceFactory(deposit=Money(500, "USD"))
    with pytest.raises(OtherCurrency):
        actions.update(service, price=Money(9000, "JPY"), now=clock.now())
    kept = queries.get(service.id)
    assert (kept.price_cents, kept.deposit_cents, kept.currency) == (7500, 500, "USD")


@pytest.mark.parametrize(("before", "sent"), [(0, None), (500, Money(0, "JPY")), (500, Money(900, "JPY"))])
def test_a_currency_changes_with_the_deposit_or_without_any(scope: Scope, before: int, sent: Money | None) -> None:
    service = ServiceFactory(deposit=Money(before, "USD"))
    changed = actions.update(service, price=Money(9000, "JPY"), deposit=sent, now=clock.now())
    assert (changed.price_cents, changed.currency) == (9000, "JPY")
    assert changed.deposit_cents == (sent.amount_cents if sent else 0)
