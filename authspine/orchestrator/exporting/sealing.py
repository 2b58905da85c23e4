"""Personal data inside a document, under a key that is none of the installation's: whoever is given it can open them.

Which fields are personal is what the models say: those that are encrypted in the database are sealed in a document.
Each value stands as `{"sealed": base64}`; what is empty stays, which says only that it is empty. A value is bound to
its place: the document's own id, the section, the record's id and the field. Moved inside a document, or to another,
it does not open. What is not sealed is readable, and anybody can change it.
"""

import base64
import binascii
import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NoReturn
from uuid import UUID

from django.conf import settings
from django.db.models import Model

from authspine.kernel import strict_json
from authspine.kernel.crypto import KEY_BYTES, Key, SealBroken, place_of
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.orchestrator.exporting.records.values import Record
from authspine.privacy.fields import EncryptedBytes, EncryptedJSON, EncryptedText
from bookings.models import Booking, IntakeAnswers
from clients.models import Client
from payments.models import Refund
from professionals.models import Professional, TimeOff

HEADER: Final = "Export-Key"
WANTED: Final = f"{KEY_BYTES} random bytes in base64"

# The kinds that have something sealed, those inside of records too; all others are told as they are.
MODELS: Final[dict[str, type[Model]]] = {
    "clients": Client,
    "professionals": Professional,
    "time_off": TimeOff,
    "bookings": Booking,
    "intake_answers": IntakeAnswers,
    "refunds": Refund,
}
_SEALED: Final = "sealed"
# How deep a value may be nested, as where it stands in clear: inside of document, section and record.
_DEPTH: Final = settings.MAX_IMPORT_JSON_DEPTH - 3


class BadExportKey(Invalid):
    detail = f"The key of an export is {WANTED}."

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class ExportKeyWanted(Invalid):
    """The key that a document is sealed under is not here."""

    def __init__(self, wanted: str, given: Key | None) -> None:
        told = f"the key that was given is {given.id.hex()}" if given else "no key was given"
        super().__init__(f"This export is sealed under the key {wanted}, and {told}.", field=HEADER)


def read_key(text: str) -> Key:
    """The key in a file or header. Raises BadExportKey, which never quotes it."""
    try:
        return Key(base64.b64decode(text.strip(), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise BadExportKey from None


def personal_fields(model: type[Model]) -> list[str]:
    kinds = (EncryptedText, EncryptedJSON, EncryptedBytes)
    return [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]


FIELDS: Final[dict[str, list[str]]] = {kind: personal_fields(model) for kind, model in MODELS.items()}


class Seal:
    """Seals and opens the values of one document, under a key of the document's own that is made from the caller's."""

    def __init__(self, key: Key, document: UUID) -> None:
        self._document = document
        self._given = key
        self._key = Key(key.derive(f"authspine export {document}"))

    @classmethod
    def new(cls, key: Key) -> "Seal":
        """For a document that is about to be written."""
        return cls(key, new_id())

    @classmethod
    def of(cls, head: Any, key: Key | None) -> "Seal":
        """For a document with this head. Raises Invalid, ExportKeyWanted."""
        document, wanted = _read_head(head)
        if key is None or key.id.hex() != wanted:
            raise ExportKeyWanted(wanted, key)
        return cls(key, document)

    def head(self) -> dict[str, str]:
        """What tells a reader that the document is sealed, and under which key."""
        return {"document": str(self._document), "key": self._given.id.hex()}

    def sealed(self, kind: str, record: Record) -> Record:
        """The record, and those inside it, with what is personal sealed."""
        for name in FIELDS.get(kind, ()):
            if record[name]:
                record[name] = {_SEALED: self._close(kind, record["id"], name, record[name])}
        for inside, parts in _inside(record):
            record[inside] = [self.sealed(inside, part) for part in parts]
        return record

    def opened(self, kind: str, record: Any, path: str = "") -> Any:
        """A record of the document as it was before. Raises Invalid, naming the field that does not open."""
        if not isinstance(record, dict):
            return record
        found = dict(record)
        for name in FIELDS.get(kind, ()):
            if record.get(name):
                found[name] = self._open(kind, record.get("id"), name, record[name], f"{path}{name}")
        for inside, parts in _inside(record):
            found[inside] = [self.opened(inside, part, f"{path}{inside}.{at}.") for at, part in enumerate(parts)]
        return found

    def _close(self, kind: str, record: str, field: str, value: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return base64.b64encode(self._key.seal(text, place=self._place(kind, UUID(record), field))).decode()

    def _open(self, kind: str, record: Any, field: str, value: Any, path: str) -> Any:
        if not isinstance(value, dict) or value.keys() != {_SEALED}:
            _refuse(path, "stands in clear in an export that is sealed.")
        try:
            sealed = base64.b64decode(value[_SEALED], validate=True)
            text = self._key.open(sealed, place=self._place(kind, UUID(record), field))
        except (SealBroken, TypeError, ValueError, AttributeError):
            _refuse(path, "does not open: it was changed, or moved here from another place.")
        try:
            return strict_json.loads(text, depth=_DEPTH)
        except Invalid as error:
            _refuse(path, error.detail)

    def _place(self, kind: str, record: UUID, field: str) -> bytes:
        return place_of(self._document, f"{kind}|{field}".encode(), record)


def sealed_sections(
    seal: Seal, sections: Iterable[tuple[str, Iterable[Record]]]
) -> Iterator[tuple[str, Iterable[Record]]]:
    """The same sections, record by record, as they are read."""
    for kind, records in sections:
        yield kind, (seal.sealed(kind, record) for record in records)


def _inside(record: Record) -> Collection[tuple[str, list[Any]]]:
    """The records inside of a record that have something sealed."""
    return [(name, record[name]) for name in FIELDS.keys() & record.keys() if isinstance(record[name], list)]


def _read_head(head: Any) -> tuple[UUID, str]:
    try:
        if head.keys() != {"document", "key"} or not isinstance(head["key"], str):
            raise ValueError
        return UUID(head["document"]), head["key"][:60]
    except (AttributeError, TypeError, ValueError):
        _refuse(_SEALED, "must be the id of the document and of its key.")


def _refuse(field: str, why: str) -> NoReturn:
    raise Invalid(f"{field}: {why}", field=field)
