"""New keys for one holder, an organization or the installation, while everybody goes on reading and writing.

The live data key is retired and has a successor; what is sealed under a retired key is sealed anew, page by page; when
nothing is under it any more, it goes. The ciphertexts of people stay as they are, since they are under the people's own
keys, and so do the index keys, by which people are found: these are only wrapped anew.

Everything here is called in a transaction of the holder, and may be broken off and begun again at any point: what is
to be done is read from the rows themselves.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection

from authspine.kernel import clock
from authspine.kernel.crypto import SealBroken, key_id, place_of
from authspine.privacy import keys
from authspine.privacy.fields import INSTALLATION, ORGANIZATION, holder_of
from authspine.privacy.models import Purpose

PAGE: Final = 500

_MINE: Final = "organization_id = %(holder)s AND "
# A sealed value's key id, as kernel/crypto.py lays it out.
_UNDER: Final = "substring({name} from 2 for 8) = ANY(%(old)s)"
# Nobody is waited for, so that nobody can wait for us and we for them: what somebody else holds comes with the next
# pass. What is held here changes only after the new value is in, and then for good: no change is ever written over.
_LOCK: Final = "FOR NO KEY UPDATE SKIP LOCKED"

_COUNT: Final = "SELECT count(*) FROM {table} WHERE {mine}{under}"
_PAGE: Final = (
    "SELECT id, {name} FROM {table} WHERE {mine}{under} AND (%(after)s::uuid IS NULL OR id > %(after)s)"
    " ORDER BY id LIMIT %(page)s {lock}"
)
_STORE: Final = (
    "UPDATE {table} SET {name} = fresh.value FROM unnest(%(rows)s::uuid[], %(values)s::bytea[]) AS fresh(row, value)"
    " WHERE {mine}id = fresh.row"
)


@dataclass(frozen=True)
class Column:
    """Where values lie that are sealed under a holder's key itself."""

    table: str
    name: str
    holder: str

    def execute(self, statement: str, holder: UUID | None, **values: Any) -> list[Any]:
        """With the holder's id as said to the planner: row-level security says it too late for its indexes."""
        mine, under = _MINE if self.holder == ORGANIZATION else "", _UNDER.format(name=self.name)
        with connection.cursor() as cursor:
            text = statement.format(table=self.table, name=self.name, mine=mine, under=under, lock=_LOCK)
            cursor.execute(text, {"holder": holder, **values})
            return cursor.fetchall() if cursor.description else []

    def place(self, holder: UUID | None, row: UUID) -> bytes:
        return place_of(holder, f"{self.table}|{self.name}".encode(), row)


@dataclass(frozen=True)
class Page:
    """How many values were sealed anew, which would not open, and the row behind which the next page begins."""

    done: int = 0
    broken: tuple[str, ...] = ()
    last: UUID | None = None


def is_due(holder: UUID | None) -> bool:
    """Whether a key of the holder's is retired, or under another key of the ring than the first."""
    return any(row.retired_at or not _is_under_first(row) for row in keys.rows(holder))


def count(holder: UUID | None) -> int:
    """How many values are under a key that does not stay. Raises UnknownKey when the ring lacks what opens it."""
    return _count(holder, [key.id for row, key in _data(holder) if row.retired_at or not _is_under_first(row)])


def renew(holder: UUID | None) -> None:
    """Wrap all keys by the ring's first; a live data key that was not makes way for a new one. Raises UnknownKey."""
    for row, key in keys.stored(holder):
        if not _is_under_first(row):
            retired_at = clock.now() if row.purpose == Purpose.DATA else None
            changed = {"wrapped": keys.wrap(holder, key, row.pk), "retired_at": row.retired_at or retired_at}
            keys.rows(holder).filter(pk=row.pk, wrapped=row.wrapped).update(**changed)
    keys.make_missing(holder)


def reseal(holder: UUID | None, column: Column, *, after: UUID | None) -> Page:
    """Seal anew, under the live key, a page of what is under retired ones; the first one with `after=None`."""
    old = [key.id for row, key in _data(holder) if row.retired_at]
    found = column.execute(_PAGE, holder, after=after, old=old, page=PAGE) if old else []
    if not found:
        return Page()
    live = keys.live_for_writing(holder)
    fresh: dict[UUID, bytes] = {}
    broken = []
    for row, sealed in found:
        place = column.place(holder, row)
        try:
            fresh[row] = live.seal(keys.opened(holder, bytes(sealed), place), place=place)
        except SealBroken as error:
            broken.append(f"{column.table}.{column.name} of {row}: {error}")
    column.execute(_STORE, holder, rows=list(fresh), values=list(fresh.values()))
    return Page(len(fresh), tuple(broken), found[-1][0] if len(found) == PAGE else None)


def remove_retired(holder: UUID | None) -> bool:
    """Remove the retired keys, unless something is under one of them; whether they are gone.

    Their rows are locked: who writes under one of them is waited for. Raises OperationalError after the lock's time.
    """
    retired = set(keys.rows(holder).filter(retired_at__isnull=False).select_for_update().values_list("pk", flat=True))
    if _count(holder, [key.id for row, key in _data(holder) if row.pk in retired]):
        return False
    keys.rows(holder).filter(pk__in=retired).delete()
    return True


@cache
def columns(holder: str) -> tuple[Column, ...]:
    """All of INSTALLATION or ORGANIZATION, of whatever models there are."""
    found = {
        Column(model._meta.db_table, str(field.column), holder)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if holder_of(field) == holder
    }
    return tuple(sorted(found, key=lambda column: (column.table, column.name)))


def columns_of(holder: UUID | None) -> tuple[Column, ...]:
    return columns(INSTALLATION if holder is keys.INSTALLATION else ORGANIZATION)


def _count(holder: UUID | None, old: list[bytes]) -> int:
    return sum(column.execute(_COUNT, holder, old=old)[0][0] for column in columns_of(holder)) if old else 0


def _data(holder: UUID | None) -> list[tuple[Any, Any]]:
    return [(row, key) for row, key in keys.stored(holder) if row.purpose == Purpose.DATA]


def _is_under_first(row: Any) -> bool:
    return key_id(bytes(row.wrapped)) == keys.writing_key_id()
