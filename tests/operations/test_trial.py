"""manage.py test_database: green on a whole database, red when any promise is gone, and it leaves nothing behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connections
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.trial import ground
from authspine.orchestrator import status
from payments.models import PaymentIntent
from tests.gateways import wire_to


def trial(*arguments: str) -> tuple[int, str]:
    """Run the command; its exit code and what it said."""
    said = StringIO()
    try:
        call_command("test_database", *arguments, stdout=said, stderr=said)
    except SystemExit as stopped:
        return int(stopped.code or 0), said.getvalue()
    return 0, said.getvalue()


@contextmanager
def dropped(drop: str, restore: str) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(drop)
        try:
            yield
        finally:
            cursor.execute(restore)


TEST_KEY: str = configured.STRIPE_API_KEY


@pytest.fixture(autouse=True)
def cash(settings: Settings) -> None:
    """Without a key the payment is in cash, so that most of these tests need no gateway."""
    settings.STRIPE_API_KEY = ""


def left_behind() -> tuple[int, int]:
    return (
        Organization.objects.filter(slug__startswith="trial-").count(),
        sum(user.email.endswith(".invalid") for user in User.objects.all()),
    )


def test_all_green_and_nothing_left_behind() -> None:
    before = left_behind()
    code, said = trial()
    assert (code, said.count("ok   ")) == (0, said.count(" ms  "))
    assert "Two scratch organizations are made." in said
    assert "The scratch organizations are removed." in said
    assert "1 bookings" in said
    assert "active users, conversion from booking.created to booking.confirmed 100 %" in said
    assert "All checks passed." in said
    assert left_behind() == before
    assert status.modules()["payments"] == "ok"  # the ledger is sealed again


def test_twice_is_as_good_as_once() -> None:
    assert [trial()[0], trial()[0]] == [0, 0]


def test_keep_keeps_it() -> None:
    code, said = trial("--keep")
    slug = said.partition("Kept: ")[2].split()[0]
    assert code == 0
    assert f"Kept: {slug} and {slug}-stranger" in said
    for kept in (slug, f"{slug}-stranger"):
        assert Organization.objects.filter(slug=kept, closed_at=None).exists()


def paid_by(said: str) -> str:
    """How the booking of a trial that was kept is paid."""
    organization = Organization.objects.get(slug=said.partition("Kept: ")[2].split()[0])
    with organization_scope(organization, SYSTEM):
        return PaymentIntent.objects.get().method


def test_with_a_test_key_it_is_paid_by_card(settings: Settings) -> None:
    settings.STRIPE_API_KEY = TEST_KEY
    code, said = trial("--keep")
    assert (code, paid_by(said)) == (0, "card")


def test_a_live_key_is_never_used(settings: Settings) -> None:
    settings.STRIPE_API_KEY = "sk_live_of_somebody"
    with wire_to(settings) as wire:
        code, said = trial("--keep")
    assert (code, paid_by(said)) == (0, "cash")
    assert not wire.seen


def definition(name: str) -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("table", "column", "kind", "told"),
    [
        ("clients_client", "id", "p", "clients_client: id as its primary key"),
        ("identity_apikey", "prefix", "u", "identity_apikey_prefix_unique"),
        ("clients_client", "user_id", "f", "clients_client: user_id as a reference to identity_user"),
        (
            "clients_client",
            "organization_id",
            "f",
            "clients_client: organization_id as a reference to identity_organization",
        ),
    ],
)
def test_red_when_a_key_that_a_field_promises_is_dropped(table: str, column: str, kind: str, told: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum]"
            " WHERE conrelid = %s::regclass AND attname = %s AND contype = %s",
            [table, column, kind],
        )
        [(name,)] = cursor.fetchall()
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    with dropped(drop, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition(name)}"):
        code, said = trial()
    assert code == 1
    assert told in said


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("bookings_occupancy", "bookings_occupancy_no_overlap"),
        ("bookings_session", "bookings_session_seats"),
        ("payments_paymentintent", "payments_paymentintent_refunded"),
        ("clients_client", "clients_client_external_id_key"),
    ],
)
def test_red_when_a_constraint_is_dropped(table: str, name: str) -> None:
    drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    with dropped(drop, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition(name)}"):
        code, said = trial()
    assert code == 1
    assert name in said


def test_red_when_a_policy_is_off() -> None:
    off, on = (f"ALTER TABLE clients_client {what} ROW LEVEL SECURITY" for what in ("DISABLE", "ENABLE"))
    with dropped(off, on):
        code, said = trial()
    assert code == 1
    assert "a stranger sees 1 rows of clients_client" in said


def test_without_the_owner_it_is_closed_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "_may_become_owner", lambda: False)
    code, said = trial()
    assert code == 0
    assert "closed, not removed: the owner's login is not at hand" in said
    assert Organization.objects.filter(slug__startswith="trial-").exclude(closed_at=None).count() >= 2
