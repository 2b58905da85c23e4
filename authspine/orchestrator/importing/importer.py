"""What the import of every kind has in common: batches, old ids, refusals, and writing with ids that may be taken.

A record passes through `build` alone, so a wrong one is refused alone; what is right is written by the batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from authspine.kernel.errors import Invalid, Missing, PlatformError
from authspine.kernel.models import TenantModel
from authspine.orchestrator.importing.document import Section
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry, ExternalIdExists, TakenMeanwhile, Work

BATCH = 1000


class Importer:
    """The import of one kind. Subclasses say how a row is built, what must be known for it, what is written with it."""

    kind: ClassVar[str]
    model: ClassVar[type[Any]]
    # Fields that hold the old id of a record of another kind.
    refers: ClassVar[dict[str, str]] = {}
    # Lists of records inside a record: they come in with it or not at all.
    contains: ClassVar[dict[str, type[TenantModel]]] = {}

    def __init__(self, work: Work) -> None:
        self.work = work
        self._seen: defaultdict[str, set[str]] = defaultdict(set)
        self._external_ids: defaultdict[str, set[str]] = defaultdict(set)
        self._claimed: list[tuple[str, str]] = []  # the external ids of the record that is being built

    def run(self, section: Section) -> None:
        """Bring in a section's records, in the order of the file."""
        for batch in batched(section.records, BATCH):
            entries = list(self._entries(section, batch))
            self.work.identities.look_up(self.kind, [entry.old for entry in entries])
            new = [entry for entry in entries if not self._is_here(entry)]
            self._learn(new)
            self.prepare(new)
            self.store([entry for entry in new if self._is_built(entry)])
            self.work.progress(len(batch))

    # What subclasses fill in.

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Learn, in a few queries, what the building of these records asks for."""

    def build(self, entry: Entry) -> TenantModel:
        """The row of a record, not written yet. Raises a PlatformError: the record is refused."""
        raise NotImplementedError

    def store(self, entries: Sequence[Entry]) -> None:
        """Write the rows and count them."""
        self.settle(entries, self.write(entries))

    def booking_of(self, row: Any) -> UUID | None:
        """The booking whose money the row tells of, where it does: its ledger is looked at in the end."""
        return None

    # What subclasses call.

    def common(self, entry: Entry) -> dict[str, Any]:
        """What every row has. An old id that is no UUID stays as the external id, unless the file has one."""
        wanted = self.work.identities.wanted(entry.kind, entry.old)
        kept = None if str(wanted) == entry.old.lower() else entry.old
        external_id = entry.reader.id("external_id", kept)
        self._claim(entry.kind, external_id)
        created_at = entry.reader.instant("created_at", None) or self.work.stamp()
        return {
            "id": wanted,
            "external_id": external_id,
            "created_at": created_at,
            "updated_at": entry.reader.instant("updated_at", created_at),
        }

    def _claim(self, kind: str, external_id: str | None) -> None:
        """No other record has this external id from now on, here or in the file. Raises ExternalIdExists."""
        if external_id is None:
            return
        if external_id in self._external_ids[kind]:
            raise ExternalIdExists(field="external_id")
        self._external_ids[kind].add(external_id)
        self._claimed.append((kind, external_id))

    def inside(self, entry: Entry, kind: str) -> list[Entry]:
        """The records of a list inside this one, to be built with it. Raises TakenMeanwhile, Invalid."""
        parts = [Entry(kind, reader.id(), reader) for reader in entry.reader.parts(kind, [])]
        for part in parts:
            if self.work.identities.find(kind, part.old):
                raise TakenMeanwhile(f"{kind}: {part.old} belongs to another record here.", field=kind)
            self._see(part)
        entry.parts += parts
        return parts

    def refer(self, reader: Reader, name: str) -> UUID:
        """The row that a field refers to. Raises Missing."""
        found = self.work.identities.find(self.refers[name], reader.id(name))
        if found is None:
            raise Missing(f"{name}: there is no such record, neither in the file nor here.", field=name)
        return found

    def refer_if_any(self, reader: Reader, name: str) -> UUID | None:
        """Likewise, where the field may be null."""
        if reader.peek(name) is None:
            reader.id(name, None)
            return None
        return self.refer(reader, name)

    def referred(self, entries: Sequence[Entry], name: str) -> set[UUID]:
        """The rows that this field of these entries refers to, as far as there are any."""
        olds = {old for entry in entries if isinstance(old := entry.reader.peek(name), str)}
        return {id for old in olds if (id := self.work.identities.find(self.refers[name], old))}

    def refuse(self, entry: Entry, error: PlatformError) -> None:
        self.work.identities.forget(self.kind, entry.old)
        self.work.report.refuse(self.kind, entry.old, error)

    def settle(self, entries: Sequence[Entry], left: Sequence[Entry]) -> None:
        """Note and count the entries that were written; refuse those that are left."""
        for entry in left:
            self.refuse(entry, TakenMeanwhile())
        refused = {entry.old for entry in left}
        for entry in entries:
            if entry.old not in refused:
                self.work.identities.note(self.kind, entry.old, entry.row.id)
                self.work.report.imported[self.kind] += 1
                if booking := self.booking_of(entry.row):
                    self.work.moved.add(booking)

    def write(self, entries: Sequence[Entry]) -> list[Entry]:
        """Insert the rows, each under its own id, or under the derived one where another organization has its own.

        Whose id is taken cannot be seen, since policies hide others' rows: it shows by an insert that does nothing.
        Gives the entries that found no place under either, for another unique key is taken.
        """
        left = _without_place(list(entries))
        for entry in left:
            entry.row.id = self.work.identities.derived(entry.kind, entry.old)
        return _without_place(left)

    def write_whole(self, parts: Sequence[Entry]) -> None:
        """Insert the records inside of others; all or nothing, for what holds them is written already."""
        if self.write(parts):
            raise TakenMeanwhile("Somebody else writes the same records at this moment. Please import again.")

    def old_id(self, reader: Reader) -> str:
        """What the record is called in the file."""
        return str(reader.id())

    # The common course of a batch.

    def _entries(self, section: Section, records: Iterable[Any]) -> Iterator[Entry]:
        for record in map(section.translate, records):
            old = None
            try:
                old = self.old_id(Reader(record))
                reader = Reader(section.opened(record))
                self.old_id(reader)
                entry = Entry(self.kind, old, reader)
                self._see(entry)
            except PlatformError as error:
                self.work.report.refuse(self.kind, old, error)
            else:
                yield entry

    def _see(self, entry: Entry) -> None:
        if entry.old in self._seen[entry.kind]:
            _refuse_repeated(entry.old)
        self._seen[entry.kind].add(entry.old)

    def _is_here(self, entry: Entry) -> bool:
        here = self.work.identities.find(self.kind, entry.old) is not None
        self.work.report.unchanged[self.kind] += here
        return here

    def _learn(self, entries: Sequence[Entry]) -> None:
        """Which references are rows here, which external ids are taken."""
        for name, kind in self.refers.items():
            olds = (entry.reader.peek(name) for entry in entries)
            self.work.identities.look_up(kind, {old for old in olds if isinstance(old, str)})
        self._learn_external_ids(self.kind, self.model, [entry.reader.as_given() for entry in entries])
        for kind, model in self.contains.items():
            lists = (entry.reader.peek(kind) for entry in entries)
            records = [part for found in lists if isinstance(found, list) for part in found if isinstance(part, dict)]
            self.work.identities.look_up(kind, {part["id"] for part in records if isinstance(part.get("id"), str)})
            self._learn_external_ids(kind, model, records)

    def _learn_external_ids(self, kind: str, model: type[TenantModel], records: Sequence[dict[str, Any]]) -> None:
        told = (record.get("external_id") or record.get("id") for record in records)
        known = model.objects.filter(external_id__in={text for text in told if isinstance(text, str)})
        self._external_ids[kind].update(filter(None, known.values_list("external_id", flat=True)))

    def _is_built(self, entry: Entry) -> bool:
        self._claimed = []
        try:
            entry.row = self.build(entry)
            entry.reader.done()
        except PlatformError as error:
            for kind, external_id in self._claimed:
                self._external_ids[kind].discard(external_id)
            self.refuse(entry, error)
            return False
        return True


def _refuse_repeated(old: str) -> NoReturn:
    raise Invalid(f"The id {old!r} stands twice in this section.", field="id")


def _without_place(entries: list[Entry]) -> list[Entry]:
    """Insert the rows of these entries; those that were not."""
    if not entries:
        return []
    model = type(entries[0].row)
    _insert(model, [entry.row for entry in entries])
    ids = [entry.row.id for entry in entries]
    written = set(model.objects.filter(id__in=ids).values_list("id", flat=True))
    return [entry for entry in entries if entry.row.id not in written]


def _insert(model: type[TenantModel], rows: list[TenantModel]) -> None:
    """Insert what can be. A row that breaks a rule which `build` does not know must not take the others with it."""
    try:
        with transaction.atomic():
            model.objects.bulk_create(rows, ignore_conflicts=True)
    except (IntegrityError, DataError):
        if len(rows) > 1:
            _insert(model, rows[: len(rows) // 2])
            _insert(model, rows[len(rows) // 2 :])
