"""What writes and keeps the audit and the ledger stands and is on, or nothing starts."""

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections, transaction

from authspine.operations import app_role, triggers

OURS = """
    SELECT relname, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'procrastinate%'
"""
GONE = {
    "an audited table's, off": ("ALTER TABLE {} DISABLE TRIGGER {}", "clients_client", "clients_client_audited_update"),
    "an audited table's, gone": ("DROP TRIGGER {1} ON {0}", "clients_client", "clients_client_audited_update"),
    "the audit's, off": ("ALTER TABLE {} DISABLE TRIGGER {}", "audit_head", "audit_head_only_grows_update"),
    "the audit's, gone": ("DROP TRIGGER {1} ON {0}", "audit_entry", "audit_entry_chained_once_delete"),
    "for replicas alone": (
        "ALTER TABLE {} ENABLE REPLICA TRIGGER {}",
        "audit_entry",
        "audit_entry_chained_once_delete",
    ),
}


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("statement", "table", "trigger"), GONE.values(), ids=GONE)
def test_nothing_starts_without_it(statement: str, table: str, trigger: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement.format(table, trigger))
    told = f"{trigger} on {table} is {'missing' if 'DROP' in statement else 'switched off'}"
    with pytest.raises(ImproperlyConfigured, match=told):
        app_role.look()
    with pytest.raises(ImproperlyConfigured, match=told):
        app_role.refuse_at_command("expire_holds")
    app_role.refuse_at_command("migrate")
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_seals", stdout=StringIO(), stderr=said)
    assert said.getvalue() == f"The trigger {told}.\n"


def test_no_trigger_of_ours_is_left_out() -> None:
    """Each that the migrations have made would be missed, and none that they have not."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:

        def asked(statement: str, values: Any = None) -> list[Any]:
            cursor.execute(statement, values)
            return cursor.fetchall()

        assert triggers.lacking(asked) == []
        ours = asked(OURS)
        for table, trigger in ours:
            cursor.execute(f"DROP TRIGGER {trigger} ON {table}")
        missed = triggers.lacking(asked)
        transaction.set_rollback(True, "owner")
    assert len(ours) > 100
    assert set(missed) == {f"{trigger} on {table} is missing" for table, trigger in ours}
