"""Looks at people, which no trigger sees: one entry an answer, with everybody who was shown by it.

`people` are clients and professionals by their ids; what was shown of them stands in no entry. While an answer is made
a `Look` is open: it is told the rows that are shown, and hears of everybody of whom something sealed is opened.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from authspine.audit.models import AuditEntry
from authspine.kernel import tenancy

# What is shown beside the rows of one table: everything, and everything of one client.
EXPORT: Final = "export"
TAKEOUT: Final = "takeout"
OTHERS: Final = [EXPORT, TAKEOUT]

_SHOWN: Final = "SELECT audit_read(%s, %s, %s)"
# A transaction that only reads would wait for the disk because of this one line. If the server dies, the looks of its
# last moments may be lost; a write never is.
_NO_WAIT: Final = "set_config('synchronous_commit', 'off', true)"

_FOUND: Final = (
    "SELECT audit_read(%s, %s, shown.people){no_wait}"
    " FROM (SELECT array_agg(DISTINCT one.person) AS people FROM ({people}) AS one(person)"
    " WHERE one.person IS NOT NULL{more}) AS shown WHERE shown.people IS NOT NULL"
)
# Of whom the same transaction has written something, which says already who it was.
_NOT_WRITTEN: Final = (
    " AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.organization_id = %s AND e.at >= now()"
    " AND e.person = one.person AND e.actor = current_setting('app.actor')"
    " AND e.request_id = current_setting('app.request_id'))"
)


@dataclass
class Look:
    """Who is shown by one answer: those in `people`, and those to whom the rows of `found` lead."""

    resource: str = ""
    row: UUID | None = None
    people: dict[UUID, str] = field(default_factory=dict)  # with what each is a row of
    found: list[QuerySet[Any]] = field(default_factory=list)  # of ids
    told: set[UUID] = field(default_factory=set)  # of whom an entry of the same answer tells already

    @property
    def is_empty(self) -> bool:
        return not self._untold() and not self.found

    def record(self, *, alone: bool) -> None:
        """Tell the audit, by one statement, of who is shown. Runs in a scope that can write; `alone` in a
        transaction that does nothing else.
        """
        people = self._untold()
        resource = self.resource or next(iter(self.people.values()))
        no_wait = f", {_NO_WAIT}" if alone else ""
        if alone and not self.found:
            _run(_SHOWN + no_wait, [resource, self.row, people])
            return
        parts: list[str] = ["SELECT unnest(%s::uuid[])"]
        values: list[Any] = [resource, self.row, people]
        for rows in self.found:
            sql, params = rows.query.sql_with_params()
            parts.append(f"({sql})")
            values += params
        if not alone:
            values.append(tenancy.organization_id())
        more = "" if alone else _NOT_WRITTEN
        _run(_FOUND.format(no_wait=no_wait, people=" UNION ALL ".join(parts), more=more), values)

    def _untold(self) -> list[UUID]:
        return [person for person in self.people if person not in self.told]


_open: ContextVar[Look | None] = ContextVar("look", default=None)


@contextmanager
def looking() -> Iterator[Look]:
    """Within, an answer is made."""
    token = _open.set(look := Look())
    try:
        yield look
    finally:
        _open.reset(token)


def open_look() -> Look | None:
    """What is gathered of the answer that is being made; None where none is, as in a job."""
    return _open.get()


def opened(label: str, person: UUID) -> None:
    """Something sealed of this person, a row of the model with this label, was opened."""
    look = _open.get()
    if look is not None:
        look.people.setdefault(person, label)


def shown(resource: str, people: Collection[UUID], *, row: UUID | None = None) -> None:
    """Record at once that something about these people is shown. Runs in a scope, which must be able to write."""
    _run(_SHOWN, [resource, row, list(people)])
    look = _open.get()
    if look is not None:
        look.told.update(people)


def shown_again(ids: Sequence[UUID], *, row: UUID | None) -> None:
    """Record that these objects are shown as they once were: whom each is about, its own entries know.

    Those of an event name nobody; the look at it when it was shown for the first time does.
    """
    place: dict[UUID | None, int] = {id: number for number, id in enumerate(ids)}
    written = entries().filter(row__in=ids).order_by().values_list("row", "resource", "person", "people").distinct()
    found = sorted(written, key=lambda one: place[one[0]])
    named = {person for _, _, person, _ in found if person}
    if people := named or {person for *_, people in found for person in people or ()}:
        shown(found[0][1], people, row=row)


def entries() -> QuerySet[AuditEntry]:
    """The entries of the scope's organization."""
    return AuditEntry.objects.all()


def about(person: UUID, rows: QuerySet[AuditEntry] | None = None) -> QuerySet[AuditEntry]:
    """Who wrote what about a person, and who looked; whoever took everything out has seen all who were here by then."""
    mine = tenancy.organization_id()
    # An export names nobody, the first ones had not even a row: an index of exports finds them all.
    found = RawSQL(
        "SELECT audit_about(%s) UNION ALL SELECT id FROM audit_entry WHERE organization_id = %s AND resource = %s"
        " AND at >= (SELECT min(at) FROM audit_entry WHERE organization_id = %s AND person = %s)",
        [person, mine, EXPORT, mine, person],
    )
    return (entries() if rows is None else rows).filter(id__in=found)


def _run(statement: str, values: list[Any]) -> None:
    tenancy.current()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
