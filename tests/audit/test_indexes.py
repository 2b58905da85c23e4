"""The history has grown for years when an index is added to it, and every write adds to it meanwhile."""

from io import StringIO

from django.core.management import call_command
from django.db import connections

from tests import databases

NAMES = ["audit_entry_actor", "audit_entry_request"]
VALID = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relname = ANY (%s) AND indisvalid"


def test_no_write_waits_for_a_new_index() -> None:
    told = StringIO()
    call_command("sqlmigrate", "audit", "0002", database="owner", stdout=told)
    built = [line for line in told.getvalue().splitlines() if line.startswith("CREATE INDEX")]
    assert len(built) == len(NAMES)
    assert all(line.startswith("CREATE INDEX CONCURRENTLY") for line in built)
    assert "BEGIN;" not in told.getvalue()


def test_one_that_was_killed_half_way_is_begun_anew() -> None:
    with databases.another(), connections["owner"].cursor() as cursor:
        call_command("migrate", "audit", "0001", verbosity=0)
        cursor.execute(f"CREATE INDEX {NAMES[1]} ON audit_entry (id)")
        call_command("migrate", "audit", verbosity=0)
        cursor.execute(VALID, [NAMES])
        assert sorted(name for (name,) in cursor.fetchall()) == NAMES
        cursor.execute("SELECT indexdef LIKE %s FROM pg_indexes WHERE indexname = %s", ["%request_id%", NAMES[1]])
        assert cursor.fetchall() == [(True,)]
