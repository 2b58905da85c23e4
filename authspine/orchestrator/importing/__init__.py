"""The journey that brings an export in: this platform's own, or the original's.

Each wrong record is refused by itself and the rest comes in; but the import as a whole happens or does not happen.
"""

from collections.abc import Callable
from typing import Any

from analytics import actions as event_actions
from authspine.idempotency import attempts
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.crypto import Key
from authspine.kernel.locks import lock_subjects
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.importing import document as documents
from authspine.orchestrator.importing import ledger as imported_ledger
from authspine.orchestrator.importing import logins
from authspine.orchestrator.importing.bookings import Bookings
from authspine.orchestrator.importing.clients import Clients
from authspine.orchestrator.importing.document import Section
from authspine.orchestrator.importing.events import Events
from authspine.orchestrator.importing.identities import Identities
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.ledger import Ledger
from authspine.orchestrator.importing.money import Alerts, Customers, Disputes, MethodSetups
from authspine.orchestrator.importing.payments import Payments, Refunds
from authspine.orchestrator.importing.places import Closures, HolidayCalendars, Locations
from authspine.orchestrator.importing.professionals import Professionals
from authspine.orchestrator.importing.report import Report
from authspine.orchestrator.importing.resources import Resources
from authspine.orchestrator.importing.services import Services
from authspine.orchestrator.importing.verticals import Verticals
from authspine.orchestrator.importing.work import Work
from professionals.models import Location

IMPORTERS: dict[str, type[Importer]] = {
    importer.kind: importer
    for importer in (
        *(Verticals, Locations, Closures, HolidayCalendars, Clients, Professionals, Resources, Services),
        *(Bookings, Payments, Refunds, Customers, MethodSetups, Disputes, Alerts, Ledger, Events),
    )
}


def import_document(
    organization: Organization,
    actor: Actor,
    document: Any,
    *,
    key: Key | None = None,
    progress: Callable[[int], None] = lambda records: None,
) -> dict[str, Any]:
    """Bring in what a document (parsed JSON) tells: 1. what it is; 2. the logins of its people, committed at once, so
    that no other organization waits for them; then in one scope 3. section after section, each referring to the ones
    before; 4. what the ledger lacks; 5. `platform.data_imported` when something came in. Called outside of any scope.

    Gives the report: `{"imported": {kind: n}, "unchanged": {kind: n}, "refused": [{"kind", "id", "code", "detail"}]}`.
    Ids stay where they are UUIDs and free; records that are here already stay as they are, so a second import adds
    nothing. Records make no events of their own. Raises Invalid when the document is no export, or is sealed and
    this is not its key; then nothing changes.
    Logins that a failed import leaves behind are harmless: nobody can sign in by them.

    Lock: imports of an organization queue up; calendars of professionals that were here before are locked.
    """
    tenancy.refuse_inside()
    sections = documents.sections(document, key)
    logins.make(sections)
    with organization_scope(organization, actor):
        lock_subjects([organization.id])
        work = _work(sections, progress)
        for section in sections:
            IMPORTERS[section.kind](work).run(section)
        imported_ledger.settle(work)
        told = {kind: count for kind, count in work.report.imported.items() if count}
        if told:
            event_actions.record("platform.data_imported", data=told, now=work.now)
        report = work.report.as_json()
        attempts.end(report)
    return report


def size(document: Any, key: Key | None = None) -> int:
    """How many records a document has, for whoever shows how far its import is. Raises Invalid."""
    return sum(len(section.records) for section in documents.sections(document, key))


def _work(sections: list[Section], progress: Callable[[int], None]) -> Work:
    # What a record may refer to although no section of its own brings it in.
    models: dict[str, type[TenantModel]] = {"locations": Location}
    for importer in IMPORTERS.values():
        models |= {importer.kind: importer.model, **importer.contains}
    return Work(
        now=clock.now(),
        identities=Identities(tenancy.organization_id(), models),
        report=Report(section.kind for section in sections),
        into_empty=not any(
            models[kind].objects.exists() for kind in ("clients", "professionals", "services", "bookings")
        ),
        progress=progress,
    )
