"""Looks at people, which no trigger sees: one entry a request, with everybody who was shown.

`people` are clients and professionals by their ids; what was shown of them stands in no entry.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from authspine.audit.models import AuditEntry
from authspine.kernel import tenancy

# Whose rows are people themselves.
CLIENTS: Final = "clients.Client"
PROFESSIONALS: Final = "professionals.Professional"

# What is shown beside the rows of one table: everything, and everything of one client.
EXPORT: Final = "export"
TAKEOUT: Final = "takeout"
OTHERS: Final = [EXPORT, TAKEOUT]

_SHOWN: Final = "SELECT audit_read(%s, %s, %s)"
# A request that only reads would wait for the disk because of this one line. If the server dies, the looks of its last
# moments may be lost; a write never is.
_SHOWN_ALONE: Final = f"{_SHOWN}, set_config('synchronous_commit', 'off', true)"


def rows_shown(rows: Iterable[Any], *, one: bool = False) -> None:
    """Record that these rows are shown, a list or `one` object, by a transaction that does nothing else; nothing where
    they are about nobody.
    """
    rows = list(rows)
    people = list(dict.fromkeys(filter(None, map(_person, rows))))
    if people:
        _record(_SHOWN_ALONE, [_resource(rows[0]), rows[0].id if one else None, people])


def shown(resource: str, people: list[UUID], *, row: UUID | None = None) -> None:
    """Record that something about these people is shown. Runs in a scope, which must be able to write."""
    _record(_SHOWN, [resource, row, people])


def entries() -> QuerySet[AuditEntry]:
    """The entries of the scope's organization."""
    return AuditEntry.objects.all()


def about(person: UUID, rows: QuerySet[AuditEntry] | None = None) -> QuerySet[AuditEntry]:
    """Who wrote what about a person, and who looked."""
    return (entries() if rows is None else rows).filter(id__in=RawSQL("SELECT audit_about(%s)", [person]))


def _record(statement: str, values: list[Any]) -> None:
    tenancy.current()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _resource(row: Any) -> str:
    return str(row._meta.label) if hasattr(row, "_meta") else str(row.resource)


def _person(row: Any) -> UUID | None:
    """Whom a row is about. A professional's public profile is shown to whoever may book: looks by keys are none."""
    label = row._meta.label if hasattr(row, "_meta") else ""
    if label == CLIENTS or (label == PROFESSIONALS and tenancy.current().actor.kind != "key"):
        return row.pk  # type: ignore[no-any-return]
    return getattr(row, "client_id", None)
