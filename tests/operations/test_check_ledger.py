"""manage.py check_ledger: clean after every journey, and whatever does not agree is told, one line each."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import F

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments
from bookings.models import Booking
from payments.models import LedgerEntry, LedgerTransaction, PaymentIntent, Refund
from tests.journeys import worlds
from tests.payments.books import sums, written
from tests.payments.paying import STAFF, book, paid, refund, shop
from tests.sandboxes import Sandbox
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def check(organization: Organization, **options: Any) -> tuple[int, str, list[str]]:
    """The exit code, what was said, and the differences."""
    said, wrong = StringIO(), StringIO()
    code = 0
    try:
        call_command("check_ledger", organization=organization.slug, stdout=said, stderr=wrong, **options)
    except SystemExit as ended:
        code = int(str(ended.code))
    lines = [line.strip() for line in wrong.getvalue().splitlines()]
    return code, said.getvalue(), [line for line in lines if not line.startswith("Differences")]


def lived(studio: Studio) -> tuple[Booking, PaymentIntent]:
    booking = book(studio)
    intent = paid(studio, booking, "cash")
    with organization_scope(studio.organization, STAFF):
        bookings.complete(booking.id)
    refund(studio, intent, 500)
    return booking, intent


def test_it_is_clean_after_every_journey(organization: Organization) -> None:
    worlds.live(organization)
    code, said, differences = check(organization)
    assert (code, differences) == (0, [])
    assert "clean" in said
    assert "cash_in_hand" in said


def test_what_is_missing_is_told_and_posted(studio: Studio) -> None:
    found = [book(studio, hour=hour) for hour in (9, 11)]
    with organization_scope(studio.organization, STAFF):
        done = {"status": "completed", "closed_at": clock.now()}
        Booking.objects.filter(id__in=[one.id for one in found]).update(**done)
    code, said, differences = check(studio.organization)
    assert code == 1
    assert "2 bookings, 4 differences" in said
    assert f"booking {found[0].id}: client_receivable holds $0.00 and must hold $75.00" in differences
    assert written(studio.organization) == []
    assert check(studio.organization, post=True)[0] == 0
    assert [kind for kind, _ in written(studio.organization)] == ["correction"] * 2
    assert sums(studio.organization) == {"client_receivable": 15000, "revenue": -15000}
    assert "clean" in check(studio.organization)[1]


def test_money_that_the_payments_do_not_know_is_told(studio: Studio) -> None:
    booking, _ = lived(studio)
    with organization_scope(studio.organization, STAFF):
        row = LedgerTransaction.objects.create(booking_id=booking.id, kind="payment", currency="USD", at=clock.now())
        for account, cents in (("cash_in_hand", 100), ("deposits_held", -100)):
            LedgerEntry.objects.create(transaction=row, account=account, amount_cents=cents, currency="USD")
    code, _, differences = check(studio.organization)
    assert code == 1
    assert differences == [
        f"booking {booking.id}: cash_in_hand holds $71.00 and must hold $70.00",
        f"booking {booking.id}: deposits_held holds -$1.00 and must hold $0.00",
    ]


def test_a_counter_that_forgets_a_refund_is_told(studio: Studio) -> None:
    _, intent = lived(studio)
    with organization_scope(studio.organization, STAFF):
        Refund.objects.create(intent=intent, amount_cents=100, currency="USD", status="succeeded")
    code, _, differences = check(studio.organization)
    assert code == 1
    assert f"payment {intent.id}: its refunds are more than the $5.00 that it counts" in differences


def test_a_transaction_that_came_past_the_database_is_told(studio: Studio) -> None:
    """As an owner can write who switches the triggers off."""
    lived(studio)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE payments_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE payments_ledgerentry SET amount_cents = amount_cents + 1 WHERE account = 'revenue'"
            " AND organization_id = %s RETURNING transaction_id",
            [studio.organization.id],
        )
        (row,) = cursor.fetchall()
        cursor.execute("ALTER TABLE payments_ledgerentry ENABLE TRIGGER USER")
    code, _, differences = check(studio.organization)
    assert code == 1
    assert f"transaction {row[0]}: its entries do not add up to nothing, in one currency" in differences


def test_the_providers_books_are_compared(studio: Studio, sandbox: Sandbox) -> None:
    """A payment, one that is given back in part, and one that a bank has taken back; then a figure that is wrong."""
    for hour in (9, 11):
        intent = paid(studio, book(studio, hour=hour))
        payments.look(studio.organization, STAFF, intent.id)
    refund(studio, intent, 2000)
    disputed = paid(studio, book(studio, hour=13))
    sandbox.control("POST", "disputes", payment_intent=disputed.gateway_id)
    for one in (intent, disputed):
        payments.look(studio.organization, STAFF, one.id)
    assert check(studio.organization, gateway=True)[2] == []
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(fee_cents=F("fee_cents") + 2)
    check(studio.organization, post=True)
    code, _, differences = check(studio.organization, gateway=True)
    assert (code, len(differences)) == (1, 2)
    assert f"payment {intent.id}: the fee is $" in differences[1]
    assert check(studio.organization)[0] == 0, "the ledger itself is as the rows say"


def test_a_copy_is_not_in_the_providers_books(studio: Studio, sandbox: Sandbox) -> None:
    intent = paid(studio, book(studio))
    with organization_scope(studio.organization, STAFF):
        PaymentIntent.objects.filter(id=intent.id).update(gateway_id="pi_x")
    code, _, differences = check(studio.organization, gateway=True)
    assert (code, differences) == (1, [f"payment {intent.id}: the provider has no record of pi_x"])


def test_a_provider_that_is_away(studio: Studio, sandbox: Sandbox) -> None:
    paid(studio, book(studio))
    sandbox.fault("error", status=500, times=9)
    with pytest.raises(CommandError) as away:
        check(studio.organization, gateway=True)
    assert away.value.returncode == 2


def test_an_organization_that_is_none(organization: Organization) -> None:
    with pytest.raises(CommandError, match="no organization"):
        call_command("check_ledger", organization="nowhere")


def test_many_bookings_are_looked_at_in_batches(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authspine.orchestrator.ledger.BATCH", 2)
    for hour in range(9, 14):
        paid(studio, book(studio, hour=hour), "cash")
    code, said, _ = check(studio.organization)
    assert (code, "5 bookings" in said) == (0, True)
