"""The history has grown for years when an index is added to it, and every write adds to it meanwhile."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from tests import databases

# With what finds it, and the migration that builds it.
NAMES = {
    "audit_entry_actor": ("%actor%", "0002"),
    "audit_entry_export": ("%export%", "0003"),
    "audit_entry_request": ("%request_id%", "0002"),
}
VALID = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relname = ANY (%s) AND indisvalid"


def test_no_write_waits_for_a_new_index() -> None:
    told = StringIO()
    for migration in sorted({migration for _, migration in NAMES.values()}):
        call_command("sqlmigrate", "audit", migration, database="owner", stdout=told)
    built = [line for line in told.getvalue().splitlines() if line.startswith("CREATE INDEX")]
    assert len(built) == len(NAMES)
    assert all(line.startswith("CREATE INDEX CONCURRENTLY") for line in built)
    assert "BEGIN;" not in told.getvalue()


@pytest.mark.parametrize("name", ["audit_entry_export", "audit_entry_request"])
def test_one_that_was_killed_half_way_is_begun_anew(name: str) -> None:
    with databases.another(), connections["owner"].cursor() as cursor:
        call_command("migrate", "audit", "0001", verbosity=0)
        cursor.execute(f"CREATE INDEX {name} ON audit_entry (id)")
        call_command("migrate", "audit", verbosity=0)
        cursor.execute(VALID, [list(NAMES)])
        assert sorted(name for (name,) in cursor.fetchall()) == list(NAMES)
        cursor.execute("SELECT indexdef LIKE %s FROM pg_indexes WHERE indexname = %s", [NAMES[name][0], name])
        assert cursor.fetchall() == [(True,)]
