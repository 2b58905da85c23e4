"""Long chains, quickly; what somebody with every right does to them; and what the command says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connections, transaction

from authspine.identity.models import Organization


def add_entries(organization: Organization, count: int) -> None:
    """So many entries that are not numbered, as if as many rows had been changed."""
    with _owner() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (organization_id, at, actor, address, request_id, resource, row, verb, changes)"
            " SELECT %s, clock_timestamp(), 'system', '', '', 'bookings.Booking', gen_random_uuid(), 'change',"
            " jsonb_build_object('version', jsonb_build_array(n, n + 1)) FROM generate_series(1, %s) n",
            [organization.id, count],
        )


@contextmanager
def tampering() -> Iterator[Any]:
    """Within, whoever owns the tables has taken the triggers off."""
    with _owner() as cursor:
        for table in ("audit_entry", "audit_head"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in ("audit_entry", "audit_head"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def _owner() -> Iterator[Any]:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        yield cursor


def verify(organization: Organization, *, extend: bool = True, **options: Any) -> tuple[int, str, list[str]]:
    """The exit code, what was said, and what is wrong. New entries are numbered first, where all is well."""
    said, wrong, code = StringIO(), StringIO(), 0
    try:
        call_command(
            "verify_audit", organization=organization.slug, extend=extend, **options, stdout=said, stderr=wrong
        )
    except SystemExit as ended:
        code = int(str(ended.code))
    lines = [line.strip() for line in wrong.getvalue().splitlines()]
    return code, said.getvalue().strip(), [line for line in lines if not line.startswith("Faults")]
