"""Which record of a file is which row here.

A UUID stays the row's id where it is free. Anything else, and a UUID that another organization has, becomes the UUIDv5
of organization, kind and old id: the same each time, so that a second import finds its records again.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID, uuid5

from authspine.kernel.models import TenantModel

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def as_uuid(old: str) -> UUID | None:
    """The UUID that this text is, written in full; else None."""
    return UUID(old) if _UUID.fullmatch(old) else None


class Identities:
    """The rows that old ids stand for, by kind. Grows as sections come in; later sections refer to earlier ones."""

    def __init__(self, organization_id: UUID, models: dict[str, type[TenantModel]]) -> None:
        self._organization_id = organization_id
        self._models = models
        self._ids: defaultdict[str, dict[str, UUID]] = defaultdict(dict)
        self._absent: defaultdict[str, set[str]] = defaultdict(set)
        self._refused: defaultdict[str, set[str]] = defaultdict(set)
        self._new: defaultdict[str, set[UUID]] = defaultdict(set)

    def derived(self, kind: str, old: str) -> UUID:
        """The id of a record that cannot keep its own."""
        return uuid5(self._organization_id, f"{kind}:{as_uuid(old) or old!s}")

    def wanted(self, kind: str, old: str) -> UUID:
        """The id that a new record shall have, if it is free."""
        return as_uuid(old) or self.derived(kind, old)

    def look_up(self, kind: str, olds: Collection[str]) -> None:
        """Learn which of these are rows of this organization, under their own id or the derived one. One query."""
        unknown = [old for old in olds if old not in self._ids[kind] and old not in self._absent[kind]]
        candidates = {old: {self.wanted(kind, old), self.derived(kind, old)} for old in unknown}
        sought = set().union(*candidates.values())
        found = set(self._models[kind].objects.filter(id__in=sought).values_list("id", flat=True)) if sought else set()
        for old, ids in candidates.items():
            if rows := ids & found:
                self._ids[kind][old] = self.wanted(kind, old) if self.wanted(kind, old) in rows else rows.pop()
            else:
                self._absent[kind].add(old)

    def find(self, kind: str, old: str) -> UUID | None:
        """The row that this old id stands for, as far as `look_up` and `note` know."""
        return self._ids[kind].get(old)

    def note(self, kind: str, old: str, id: UUID) -> None:
        """A record has come in as this row."""
        self._ids[kind][old] = id
        self._absent[kind].discard(old)
        self._new[kind].add(id)

    def forget(self, kind: str, old: str) -> None:
        """A record has been refused."""
        self._refused[kind].add(old)

    def was_refused(self, kind: str, old: str) -> bool:
        """Whether this file's record was refused, so that whatever refers to it dangles."""
        return old in self._refused[kind]

    def is_new(self, kind: str, id: UUID) -> bool:
        """Whether this row came in with this import: nobody else can see it yet."""
        return id in self._new[kind]
