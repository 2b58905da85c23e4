"""When an attempt may be started, asked for and written down. What has no gateway shows the rules alone."""

from typing import Any

import pytest

from analytics import actions as event_actions
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.errors import Conflict
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import verticals
from bookings.errors import BookingNotFound
from payments import queries
from payments.actions import intents as actions
from payments.errors import GatewayRefused, IntentNotFound, PaymentOver
from payments.gateway import Seen
from payments.models import PaymentIntent
from payments.rules import IntentStatus
from tests.fixtures import new_organization
from tests.payments.paying import STAFF, book, confirm, events, lapse, paid, shop, start, stored
from tests.studio import Studio


def everything(studio: Studio) -> int:
    with organization_scope(studio.organization, STAFF):
        return PaymentIntent.objects.count()


@pytest.mark.parametrize("status", ["held", "confirmed", "completed"])
def test_a_booking_can_be_paid_while_it_lives(studio: Studio, status: str) -> None:
    intent = start(studio, book(studio, status=status), "cash")
    assert (intent.status, intent.amount_cents, intent.currency) == ("pending", 7500, "USD")
    assert events(studio) == ["payment.created"]


@pytest.mark.parametrize(("status", "words"), [("cancelled", "is cancelled"), ("no_show", "is no-show")])
def test_a_booking_that_is_over_cannot_be_paid(studio: Studio, status: str, words: str) -> None:
    with pytest.raises(Conflict, match=words) as refused:
        start(studio, book(studio, status=status), "cash")
    assert (refused.value.code, refused.value.field) == ("booking_not_payable", "booking")
    assert (everything(studio), events(studio)) == (0, [])


def test_a_hold_that_ran_out_cannot_be_paid(studio: Studio) -> None:
    booking = book(studio, status="held")
    lapse(studio, booking)
    with pytest.raises(Conflict, match="is expired") as refused:
        start(studio, booking, "cash")
    assert refused.value.code == "booking_not_payable"


def test_an_unknown_booking_is_missing_and_so_is_another_tenants(studio: Studio) -> None:
    theirs = book(shop(new_organization()))
    for booking in (theirs, type(theirs)(id=new_id())):
        with pytest.raises(BookingNotFound) as missing:
            start(studio, booking, "cash")
        assert missing.value.field == "booking"


@pytest.mark.parametrize(
    ("allowed", "method", "fine"),
    [
        (["card"], "card", True),
        (["card"], "wallet", True),
        (["cash"], "wallet", False),
        (["card", "bank"], "cash", False),
        (["card", "cash"], "invoice", False),
        (["invoice"], "invoice", True),
    ],
)
def test_the_vertical_decides_which_methods_are_taken(
    studio: Studio, allowed: list[str], method: str, fine: bool
) -> None:
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", allowed_payment_methods=allowed)
    booking = book(studio)
    if fine:
        assert start(studio, booking, method).method == method
        return
    with pytest.raises(Conflict) as refused:
        start(studio, booking, method)
    assert (refused.value.code, refused.value.field) == ("payment_method_not_allowed", "method")


def test_a_booking_that_is_paid_cannot_be_paid_again(studio: Studio) -> None:
    booking = book(studio)
    paid(studio, booking, "cash")
    with pytest.raises(Conflict) as refused:
        start(studio, booking, "cash")
    assert refused.value.code == "already_paid"


def test_what_costs_nothing_cannot_be_paid(organization: Organization) -> None:
    studio = shop(organization, price=Money(0, "USD"))
    with pytest.raises(Conflict) as refused:
        start(studio, book(studio), "cash")
    assert refused.value.code == "nothing_due"


@pytest.mark.parametrize("method", ["cash", "invoice"])
def test_what_nobody_has_paid_yet_is_taken_up_by_the_same_method(studio: Studio, method: str) -> None:
    booking = book(studio)
    first = start(studio, booking, method, external_id="till-1")
    assert start(studio, booking, method).id == start(studio, booking, method, external_id="till-1").id == first.id
    assert events(studio) == ["payment.created"]


@pytest.mark.parametrize(("method", "changed"), [("invoice", {}), ("card", {}), ("cash", {"external_id": "till-2"})])
def test_what_nobody_has_paid_yet_is_given_up_for_another(studio: Studio, method: str, changed: dict[str, str]) -> None:
    booking = book(studio)
    first = start(studio, booking, "cash", external_id="till-1")
    second = start(studio, booking, method, **changed)
    assert (stored(studio, first).status, second.status, second.method) == ("cancelled", "pending", method)
    assert events(studio) == ["payment.created", "payment.cancelled", "payment.created"]


def test_a_start_that_is_refused_gives_nothing_up(studio: Studio) -> None:
    booking = book(studio)
    first = start(studio, booking, "cash")
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", allowed_payment_methods=["cash"])
    with pytest.raises(Conflict) as refused:
        start(studio, booking, "invoice")
    assert refused.value.code == "payment_method_not_allowed"
    assert (stored(studio, first).status, events(studio)) == ("pending", ["payment.created"])


@pytest.mark.parametrize("status", ["processing", "requires_action", "authorized"])
@pytest.mark.parametrize("method", ["cash", "card"])
def test_what_was_asked_for_is_never_given_up(studio: Studio, status: str, method: str) -> None:
    booking = book(studio)
    intent = start(studio, booking, method)
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(status=status)
    for another in ("cash", "invoice", "card"):
        with pytest.raises(Conflict) as refused:
            start(studio, booking, another)
        assert refused.value.code == "payment_in_progress"
    assert events(studio) == ["payment.created"]


@pytest.mark.parametrize("method", ["cash", "invoice"])
def test_staff_record_what_has_no_gateway(studio: Studio, method: str) -> None:
    intent = paid(studio, method=method)
    assert (intent.status, intent.captured_cents, intent.fee_cents, intent.gateway_id) == ("succeeded", 7500, 0, "")
    assert intent.processed_at is not None
    assert events(studio) == ["payment.created", "payment.succeeded"]


def test_confirming_again_changes_nothing(studio: Studio) -> None:
    intent = paid(studio, method="cash")
    assert confirm(studio, intent).processed_at == intent.processed_at
    assert events(studio) == ["payment.created", "payment.succeeded"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_is_over_cannot_be_confirmed(studio: Studio, status: str) -> None:
    intent = start(studio, book(studio), "cash")
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(status=status)
    with pytest.raises(PaymentOver, match=status) as refused:
        confirm(studio, intent)
    assert refused.value.code == "invalid_transition"


def test_a_booking_that_ended_meanwhile_is_not_charged(studio: Studio) -> None:
    booking = book(studio, status="held")
    intent = start(studio, booking, "cash")
    lapse(studio, booking)
    with pytest.raises(Conflict, match="is expired"):
        confirm(studio, intent)
    assert stored(studio, intent).status == "pending"


def test_a_payment_of_another_tenant_is_missing(studio: Studio) -> None:
    theirs = shop(new_organization())
    intent = start(theirs, book(theirs), "cash")
    with pytest.raises(IntentNotFound):
        confirm(studio, intent)


def test_the_same_answer_is_recorded_once(studio: Studio) -> None:
    intent = start(studio, book(studio), "cash")
    with organization_scope(studio.organization, STAFF):
        till = Seen("", IntentStatus.SUCCEEDED, intent.amount, captured=7500, fees=0)
        assert actions.take(intent, till, now=clock.now()) == actions.Taken("succeeded", 7500)
        assert actions.take(queries.get(intent.id), till, now=clock.now()) == actions.Taken(None, 0)
        assert not actions.fail(intent, GatewayRefused(), now=clock.now())


def test_nobody_overwrites_the_gateways_id(studio: Studio) -> None:
    intent = start(studio, book(studio), "cash")
    with organization_scope(studio.organization, STAFF):
        assert actions.adopt(intent, "pi_first", now=clock.now()).gateway_id == "pi_first"
        assert actions.adopt(intent, "pi_second", now=clock.now()).gateway_id == "pi_first"


def break_events(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(event_actions, "record", fail)


def test_without_its_event_nothing_is_started(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = book(studio)
    break_events(monkeypatch)
    with pytest.raises(ZeroDivisionError):
        start(studio, booking, "cash")
    assert everything(studio) == 0


def test_without_its_event_no_money_is_recorded(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    intent = start(studio, book(studio), "cash")
    with monkeypatch.context() as broken:
        break_events(broken)
        with pytest.raises(ZeroDivisionError):
            confirm(studio, intent)
    kept = stored(studio, intent)
    assert (kept.status, kept.captured_cents) == ("processing", 0)
    assert confirm(studio, intent).captured_cents == 7500
    assert events(studio) == ["payment.created", "payment.succeeded"]
