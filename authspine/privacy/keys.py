"""The keys of an organization and of the installation, unwrapped: read once in a process.

An organization's are made with it, in its scope. What a transaction has made is known to that transaction alone until
it commits: were it rolled back, what others had sealed under it could never be opened again. The installation's are
made by a migration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key, UnknownKey, new_key, open_with
from authspine.kernel.ids import new_id
from authspine.privacy import ring
from authspine.privacy.models import InstallationKey, OrganizationKey, Purpose, WrappedKey

INSTALLATION: Final = None  # in place of an organization's id


@dataclass(frozen=True)
class Keys:
    """All keys of one holder: the data keys by their ids, the live one, and what its indexes are made with."""

    data: dict[bytes, Key]
    live: Key
    index: Key


_known: dict[UUID | None, Keys] = {}
_writing: ContextVar[dict[Any, Any] | None] = ContextVar("keys_writing", default=None)


@contextmanager
def writing() -> Iterator[None]:
    """Outside of any organization's scope: the transaction in which rows are sealed under the installation's key."""
    with transaction.atomic():
        token = _writing.set(tenancy.memo() if _writing.get() is None else _writing.get())
        try:
            yield
        finally:
            _writing.reset(token)


def of_organization() -> Keys:
    """Those of the open scope's organization, made if it has none. Raises OutsideScopeError."""
    return _of(tenancy.organization_id())


def of_installation() -> Keys:
    return _of(INSTALLATION)


def opened(holder: UUID | None, sealed: bytes, place: bytes) -> bytes:
    """What was sealed under one of the holder's data keys. Raises SealBroken, UnknownKey.

    A key that is not known here may have been made by another process meanwhile: they are read again once. What was
    known stays known, since a rotation may have removed what a row that was read before it needs.
    """
    before = _of(holder)
    try:
        return open_with(before.data.get, sealed, place=place)
    except UnknownKey:
        forget(holder)
        data = before.data | _of(holder).data
        if known := _known.get(holder):
            _known[holder] = replace(known, data=data)
        return open_with(data.get, sealed, place=place)


def live_for_writing(holder: UUID | None) -> Key:
    """The data key to write under, asked of the database once a transaction, whatever is known here.

    Locks the key's row, shared: a rotation may retire it meanwhile, and neither waits for the other, but it removes no
    key before those have ended who write under it. Called inside a transaction, without which the lock would be gone.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Something is sealed under a holder's key outside of a transaction.")
    memo = tenancy.memo() if (kept := _writing.get()) is None else kept
    found: Key | None = memo.get(("live", holder))
    if found is None:
        _of(holder)  # there is one
        # Removed between being found and being locked, a row is not there any more; then its successor is.
        identifier, wrapped = _live_row(holder) or _live_row(holder) or _none()
        found = memo[("live", holder)] = _unwrapped(holder, identifier, wrapped)
    return found


def forget(holder: UUID | None) -> None:
    """Read them again the next time."""
    _known.pop(holder, None)


def wrap(holder: UUID | None, key: Key, row: UUID) -> bytes:
    """As it is stored in the row with this id, under the ring's first key."""
    return ring.wrapped(settings.PII_SECRETS, key, holder, row)


def make_missing(holder: UUID | None) -> None:
    """A live key of each purpose. Of two that make them at once, the second finds those of the first."""
    for purpose in Purpose:
        row = new_id()
        made = _blank(holder, id=row, purpose=purpose, wrapped=wrap(holder, new_key(), row))
        type(made)._base_manager.bulk_create([made], ignore_conflicts=True)


def _of(holder: UUID | None) -> Keys:
    found = _known.get(holder) or tenancy.memo().get(("keys", holder))
    if found is None and holder is not INSTALLATION and tenancy.open_scope() is None:
        # Somebody opens what was read in a scope that is over, and after a rotation: only in a scope are keys seen.
        with tenancy.organization_scope(SimpleNamespace(id=holder), SYSTEM):  # type: ignore[arg-type]
            return _of(holder)
    if found is None:
        if found := _read(holder):
            _known[holder] = found
        else:
            make_missing(holder)
            found = tenancy.memo()[("keys", holder)] = _read(holder)
    return found or _none()


def _none() -> NoReturn:
    raise UnknownKey("The installation has no keys: run the migrations.")


def stored(holder: UUID | None) -> list[tuple[WrappedKey, Key]]:
    """The holder's rows, and what each wraps. Raises SealBroken, UnknownKey."""
    return [(row, _unwrapped(holder, row.pk, bytes(row.wrapped))) for row in rows(holder)]


def rows(holder: UUID | None) -> QuerySet[Any]:
    """The holder's wrapped keys, live ones and retired ones."""
    if holder is INSTALLATION:
        return InstallationKey.objects.all()
    return OrganizationKey._base_manager.filter(organization_id=holder)


def writing_key_id() -> bytes:
    """Which key of the ring wraps what is made from now on."""
    return next(iter(ring.keys(settings.PII_SECRETS)))


def _read(holder: UUID | None) -> Keys | None:
    data: dict[bytes, Key] = {}
    live: dict[str, Key] = {}
    for row, key in stored(holder):
        if row.purpose == Purpose.DATA:
            data[key.id] = key
        if row.retired_at is None:
            live[row.purpose] = key
    return Keys(data, live[Purpose.DATA], live[Purpose.INDEX]) if len(live) == len(Purpose) else None


def _blank(holder: UUID | None, **fields: object) -> WrappedKey:
    if holder is INSTALLATION:
        return InstallationKey(**fields)
    return OrganizationKey(organization_id=holder, **fields)


def _live_row(holder: UUID | None) -> tuple[UUID, bytes] | None:
    table = (InstallationKey if holder is INSTALLATION else OrganizationKey)._meta.db_table
    mine = "" if holder is INSTALLATION else " AND organization_id = %(holder)s"
    found = f"SELECT id, wrapped FROM {table} WHERE purpose = %(purpose)s AND retired_at IS NULL{mine}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{found} FOR KEY SHARE", {"purpose": Purpose.DATA, "holder": holder})
        row: tuple[UUID, bytes] | None = cursor.fetchone()
    return row


def _unwrapped(holder: UUID | None, row: UUID, wrapped: bytes) -> Key:
    return ring.unwrapped(settings.PII_SECRETS, wrapped, holder, row)
