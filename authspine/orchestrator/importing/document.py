"""What kind of document an import is, and its sections in the order in which records refer to each other."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from authspine.kernel.crypto import Key
from authspine.kernel.errors import FieldFault, Invalid
from authspine.orchestrator.exporting import FORMAT, VERSION
from authspine.orchestrator.exporting.sealing import Seal
from authspine.orchestrator.importing import original

KINDS = (
    *("verticals", "locations", "closures", "holiday_calendars", "clients", "professionals", "resources", "services"),
    *("bookings", "payments", "refunds", "customers", "method_setups", "disputes", "alerts", "ledger", "events"),
)

type Record = Any


class NotAnExport(Invalid):
    detail = "This is not an export of this platform, nor of the original one."


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one kind as they stand in the file, and how one of them is put in our words, and opened."""

    kind: str
    records: list[Record]
    translate: Callable[[Record], Record]
    seal: Seal | None = None

    def opened(self, record: Record) -> Record:
        """A translated record with what was sealed in it. Raises Invalid."""
        return self.seal.opened(self.kind, record) if self.seal else record


def sections(document: Any, key: Key | None = None) -> list[Section]:
    """The sections that the document has, a sealed one with its key. Raises NotAnExport, ExportKeyWanted, Invalid."""
    if not isinstance(document, dict):
        raise NotAnExport
    if "format" in document:
        return _own(document, key)
    names = original.SECTIONS
    if not set(names.values()) & document.keys():
        raise NotAnExport(faults=tuple(_unknown(name) for name in list(document)[:20]))
    _check_known(document, names.values())
    return [
        Section(kind, _records(document, name), original.TRANSLATIONS[kind])
        for kind, name in names.items()
        if name in document
    ]


def _own(document: dict[str, Any], key: Key | None) -> list[Section]:
    if document["format"] != FORMAT:
        raise NotAnExport
    if type(document.get("version")) is not int or document["version"] != VERSION:
        raise Invalid(f"This is an export of another version: only version {VERSION} can be read.", field="version")
    _check_known(document, ("format", "version", "sealed", *KINDS))
    seal = Seal.of(document["sealed"], key) if "sealed" in document else None
    return [Section(kind, _records(document, kind), _as_it_is, seal) for kind in KINDS if kind in document]


def _check_known(document: dict[str, Any], known: Collection[str]) -> None:
    """A section that nobody reads would be lost without a word."""
    for name in document:
        if name not in known:
            raise Invalid(f"There is no section {name[:60]!r} in an export.", faults=(_unknown(name),))


def _unknown(name: str) -> FieldFault:
    return FieldFault(name[:60], "unknown_field", "There is no such section.")


def _records(document: dict[str, Any], name: str) -> list[Record]:
    records = document[name]
    if not isinstance(records, list):
        raise Invalid(f"The section {name!r} must be a list.", field=name)
    return records


def _as_it_is(record: Record) -> Record:
    return record
