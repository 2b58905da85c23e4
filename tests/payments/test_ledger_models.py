"""What the database refuses of the ledger, whoever writes: past every action, as the app and as the owner."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.constraint_errors import constraint_of
from authspine.kernel.tenancy import organization_scope
from payments.models import LedgerEntry, LedgerTransaction
from tests.fixtures import new_organization
from tests.payments.paying import STAFF, book, paid
from tests.studio import Studio
from tests.writes import refuses

TABLES = ["payments_ledgertransaction", "payments_ledgerentry"]
CHANGES = ["UPDATE {} SET currency = 'EUR'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]


@pytest.fixture
def booking(studio: Studio) -> UUID:
    return book(studio).id


def write(booking: UUID, *entries: tuple[str, int, str], currency: str = "USD") -> LedgerTransaction:
    """A transaction straight into its table, with these entries."""
    row = LedgerTransaction.objects.create(booking_id=booking, kind="payment", currency=currency, at=clock.now())
    for account, cents, of in entries:
        LedgerEntry.objects.create(transaction=row, account=account, amount_cents=cents, currency=of)
    return row


BALANCED = (("cash_in_hand", 5, "USD"), ("deposits_held", -5, "USD"))


def check_refused(organization: Organization, constraint: str, work: Callable[[], Any]) -> None:
    """Refused when the scope ends and not before: entries come one after the other."""
    done = False
    with pytest.raises(IntegrityError) as refused, organization_scope(organization, STAFF):
        work()
        done = True
    assert done
    assert constraint_of(refused.value) == constraint


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (("cash_in_hand", 5, "USD"),),
        (("cash_in_hand", 5, "USD"), ("deposits_held", -4, "USD")),
        (("cash_in_hand", 5, "USD"), ("deposits_held", 5, "USD")),
        (("cash_in_hand", 5, "EUR"), ("deposits_held", -5, "EUR")),
        (("cash_in_hand", 5, "USD"), ("deposits_held", -5, "EUR")),
    ],
)
def test_a_transaction_balances_in_one_currency(studio: Studio, booking: UUID, entries: Any) -> None:
    check_refused(studio.organization, "payments_ledgertransaction_balanced", lambda: write(booking, *entries))


def test_one_that_balances_is_taken(studio: Studio, booking: UUID) -> None:
    with organization_scope(studio.organization, STAFF):
        write(booking, *BALANCED)


def test_nothing_is_added_to_a_transaction_later(studio: Studio, booking: UUID) -> None:
    with organization_scope(studio.organization, STAFF):
        row = write(booking, *BALANCED)
    late: dict[str, Any] = {"transaction": row, "account": "fees", "amount_cents": 1, "currency": "USD"}
    check_refused(studio.organization, "payments_ledgerentry_balanced", lambda: LedgerEntry.objects.create(**late))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_app_has_no_right_to_change_it(studio: Studio, table: str, statement: str) -> None:
    paid(studio, method="cash")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        organization_scope(studio.organization, STAFF),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", [*CHANGES, "UPDATE {} SET currency = 'EUR' WHERE false"])
def test_the_owner_is_refused_too(studio: Studio, table: str, statement: str) -> None:
    """Also where no row would change; TRUNCATE ... CASCADE of what it refers to reaches it as well."""
    paid(studio, method="cash")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        with pytest.raises(IntegrityError, match="never changed") as refused, transaction.atomic(using="owner"):
            cursor.execute(statement.format(table))
        assert constraint_of(refused.value).endswith("_append_only")
        cursor.execute(f"SELECT count(*) FROM {table} WHERE organization_id = %s", [studio.organization.id])
        assert cursor.fetchone()[0] == {TABLES[0]: 1, TABLES[1]: 2}[table]


def test_the_owner_is_refused_an_unbalanced_one(studio: Studio, booking: UUID) -> None:
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO payments_ledgertransaction"
            " (id, organization_id, booking_id, kind, currency, at, created_at, updated_at)"
            " VALUES (gen_random_uuid(), %s, %s, 'payment', 'USD', now(), now(), now())",
            [studio.organization.id, booking],
        )
    assert constraint_of(refused.value) == "payments_ledgertransaction_balanced"


def test_who_changes_the_organization_midway_passes_nothing_by(studio: Studio, booking: UUID) -> None:
    """The check sees through the policies of whoever commits: what it cannot see does not balance."""
    other = new_organization()

    def work() -> None:
        write(booking, ("cash_in_hand", 5, "USD"))
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(other.id)])

    check_refused(studio.organization, "payments_ledgertransaction_balanced", work)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("payments_ledgertransaction_kind", {"kind": "gift"}),
        ("payments_ledgertransaction_currency", {"currency": "usd"}),
    ],
)
def test_a_transaction_cannot_be(studio: Studio, booking: UUID, constraint: str, changes: dict[str, str]) -> None:
    usual: dict[str, Any] = {"booking_id": booking, "kind": "payment", "currency": "USD", "at": clock.now()}
    with organization_scope(studio.organization, STAFF), refuses(constraint):
        LedgerTransaction.objects.create(**usual | changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("payments_ledgerentry_account", {"account": "pocket"}),
        ("payments_ledgerentry_amount", {"amount_cents": 0}),
        ("payments_ledgerentry_currency", {"currency": "usd"}),
    ],
)
def test_an_entry_cannot_be(studio: Studio, booking: UUID, constraint: str, changes: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"account": "fees", "amount_cents": 1, "currency": "USD"}
    with organization_scope(studio.organization, STAFF):
        row = write(booking, *BALANCED)
        with refuses(constraint):
            LedgerEntry.objects.create(transaction=row, **usual | changes)
