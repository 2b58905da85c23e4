"""What the app may not do with the audit and the ledger stays taken from it, and nothing runs while it is not."""

from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections

from authspine.operations import app_role, rights

MISSING = """
    SELECT relname, "right" FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) "right"
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
      AND NOT has_table_privilege('authspine_app', oid, "right")
"""
# What a restored dump, or somebody by hand, has given back.
GIVEN = [
    ("INSERT", "audit_entry", "GRANT INSERT ON audit_entry TO authspine_app"),
    ("DELETE", "audit_head", "GRANT DELETE ON audit_head TO PUBLIC"),
    ("UPDATE", "payments_ledgerentry", "GRANT UPDATE (amount_cents) ON payments_ledgerentry TO authspine_app"),
]


def as_owner(statement: str) -> list[tuple[str, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_all_that_the_migrations_take_from_the_app_is_listed() -> None:
    assert {*as_owner(MISSING)} == {(table, right) for table, taken in rights.TAKEN.items() for right in taken}


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("right", "table", "grant"), GIVEN)
def test_nothing_starts_while_the_app_has_it(right: str, table: str, grant: str) -> None:
    as_owner(grant)
    told = f"The role authspine_app has {right} on {table}"
    with pytest.raises(ImproperlyConfigured, match=told):
        app_role.look()
    with pytest.raises(ImproperlyConfigured, match=told):
        app_role.refuse_at_command("expire_holds")
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_seals", stdout=StringIO(), stderr=said)
    assert said.getvalue() == f"{told}: run manage.py prepare_database.\n"


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("command", ["prepare_database", "migrate"])
def test_it_is_taken_away_again(command: str) -> None:
    for _, _, grant in GIVEN:
        as_owner(grant)
    call_command(command, verbosity=0)
    assert rights.held(connections["owner"].connection.execute, "authspine_app") == []
    assert app_role.look()
    app_role.refuse_at_command("expire_holds")
