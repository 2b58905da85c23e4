"""A person's key: a row of a client or professional has it, wrapped by the organization's, in its `data_key`."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from django.db import models

from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key, SealBroken, new_key, place_of
from authspine.privacy import keys

_OPENED: Final = "_opened_data_key"


class KeyDestroyed(SealBroken):
    """The person is erased: nothing about them opens, and nothing can be sealed for them."""


def key_of(person: Any, *, writing: bool = False) -> Key:
    """The key of a row that is a person; a new row gets one with the first who writes.

    Raises SealBroken when it was destroyed: the person is erased.
    """
    wrapped, known = person.data_key, person.__dict__.get(_OPENED)
    if known and known[0] == wrapped:
        return known[2]  # type: ignore[no-any-return]
    if wrapped:
        key = _unwrapped(type(person), person.organization_id, person.pk, wrapped)
    elif writing and person._state.adding:
        key = new_key()
        person.data_key = rewrapped(person, key)
    else:
        raise KeyDestroyed(f"The key of {type(person).__name__} {person.pk} was destroyed.")
    person.__dict__[_OPENED] = (person.data_key, person.pk, key)
    return key


def prepare(person: Any) -> None:
    """See to it that a row that is about to be added has a key, wrapped for the id that it is added with."""
    key = key_of(person, writing=True)
    if person.__dict__[_OPENED][1] != person.pk:  # an import found its first id taken
        person.data_key = rewrapped(person, key)
        person.__dict__[_OPENED] = (person.data_key, person.pk, key)


def rewrapped(person: Any, key: Key) -> bytes:
    """A person's key as it is stored, under the organization's live key, which stays live until the commit."""
    live = keys.live_for_writing(person.organization_id)
    return live.seal(key.secret, place=_place(type(person), person.organization_id, person.pk))


def key_of_other(row: Any, field: str) -> Key:
    """The key of the person that `row` names by the foreign key `field`. One query a person and transaction, unless the
    person was read with the row or by `preload`. Raises SealBroken.
    """
    relation = row._meta.get_field(field)
    if relation.is_cached(row):
        return key_of(getattr(row, field))
    person: UUID = getattr(row, relation.attname)
    model = relation.remote_field.model
    if tenancy.open_scope() is None:
        # A page opens what was read in a scope that is over; only in one are people seen.
        with tenancy.organization_scope(SimpleNamespace(id=row.organization_id), SYSTEM):  # type: ignore[arg-type]
            return key_of_other(row, field)
    memo = tenancy.memo()
    if (model, person) not in memo:
        preload(model, [person])
    found: Key | None = memo.get((model, person))
    if found is None:
        raise KeyDestroyed(f"The key of {model.__name__} {person} was destroyed.")
    return found


def preload(model: type[models.Model], people: Iterable[UUID]) -> None:
    """Read the keys of these people by one query, for the rest of the transaction."""
    memo = tenancy.memo()
    wanted = {person for person in people if (model, person) not in memo}
    organization = tenancy.organization_id()
    if wanted:
        rows = model._base_manager.filter(organization_id=organization, pk__in=wanted)
        for person, wrapped in rows.values_list("pk", "data_key"):
            memo[(model, person)] = _unwrapped(model, organization, person, wrapped) if wrapped else None


def _unwrapped(model: type[models.Model], organization: UUID, person: UUID, wrapped: bytes) -> Key:
    return Key(keys.opened(organization, bytes(wrapped), _place(model, organization, person)))


def _place(model: type[models.Model], organization: UUID, person: UUID) -> bytes:
    return place_of(organization, b"%b|data_key" % model._meta.db_table.encode(), person)
