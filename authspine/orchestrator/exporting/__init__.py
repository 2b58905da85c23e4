"""The journey that writes everything of an organization as one JSON document, in constant memory.

What is in it belongs to no place: neither the organization's name nor the hour of the export stands in it, so that the
document of an imported organization is the same, byte for byte. `authspine.orchestrator.importing` reads it. Sealed, no
two documents are the same.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from authspine.audit import reading
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import Actor
from authspine.kernel.crypto import Key
from authspine.kernel.streams import gathered
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.exporting.sealing import Seal, sealed_sections
from authspine.orchestrator.exporting.sections import SECTIONS

FORMAT, VERSION = "auth-spine", 1


def export(organization: Organization, actor: Actor, *, key: Key | None) -> Iterator[str]:
    """Everything of an organization, each kind in order of creation, in pieces of text; one record stands on one line.
    What is known of people is sealed under the key (`sealing`); without one it stands there in clear.

    1. the audit is told; 2. a scope that sees one moment; 3. the head; 4. section after section. Called outside of any
    scope: its own is open from the first piece to the last, or until the reader goes away.

    A hold that has run out is told as the expired booking that it reads as. `platform.data_imported` is not told: it is
    about the place and not about the organization. Accounts to be paid out to never leave the server.
    """
    now = clock.now()
    with organization_scope(organization, actor):
        reading.shown(reading.EXPORT, [], row=organization.id)
    with organization_scope(organization, actor, snapshot=True):
        sections = ((kind, section(now)) for kind, section in SECTIONS.items())
        yield from gathered(_document(sections, Seal.new(key) if key else None))


def _document(sections: Iterable[tuple[str, Iterable[dict[str, Any]]]], seal: Seal | None) -> Iterator[str]:
    yield f'{{\n"format": {json.dumps(FORMAT)},\n"version": {VERSION}'
    if seal:
        yield f',\n"sealed": {json.dumps(seal.head())}'
        sections = sealed_sections(seal, sections)
    for kind, records in sections:
        yield f",\n{json.dumps(kind)}: ["
        before = "\n"
        for record in records:
            yield before + json.dumps(record, ensure_ascii=False, allow_nan=False)
            before = ",\n"
        yield "\n]" if before == ",\n" else "]"
    yield "\n}\n"
