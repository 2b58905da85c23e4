"""Verticals: one of a file takes the place of the organization's own of that slug.

Every organization has its verticals from its first moment, so they are known by their slugs. The file's id comes with
it where nothing refers to the own one yet. What the file does not tell (the original knew no policies) stays as it is.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.errors import PlatformError
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.document import Section
from authspine.orchestrator.importing.identities import as_uuid
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry, ExternalIdExists, TakenMeanwhile
from payments.models import METHODS
from professionals import queries as professional_queries
from professionals.models import Vertical
from professionals.rules.policies import POLICIES, Bound
from professionals.rules.starting_points import RETENTION_DAYS, check_questions, check_templates

DAY_MINUTES = 24 * 60
SLUG = re.compile("[a-z0-9_-]+")  # what the addresses of the API have room for
UNIQUE = {"professionals_vertical_external_id_key": ExternalIdExists}


class Verticals(Importer):
    kind = "verticals"
    model = Vertical

    def run(self, section: Section) -> None:
        """There are few: one by one."""
        own = {vertical.slug: vertical for vertical in professional_queries.verticals()}
        for entry in self._entries(section, section.records):
            try:
                self._come_in(entry, own.get(entry.old))
            except PlatformError as error:
                self.refuse(entry, error)
        self.work.progress(len(section.records))

    def old_id(self, reader: Reader) -> str:
        slug: str = reader.text("slug", most=50)
        if not SLUG.fullmatch(slug):
            reader.refuse("slug", "must consist of lower-case letters, digits, hyphens and underscores.")
        return slug

    def _come_in(self, entry: Entry, own: Vertical | None) -> None:
        row = own or Vertical(slug=entry.old, allowed_payment_methods=["card"], created_at=self.work.stamp())
        told = _told(entry.reader, row)
        id = as_uuid(entry.reader.id("id", entry.old))
        entry.reader.done()
        changes = {name: value for name, value in told.items() if getattr(row, name) != value}
        if own and not changes:
            self.work.report.unchanged[self.kind] += 1
            return
        for name, value in ({"updated_at": self.work.now} | changes).items():
            setattr(row, name, value)
        check_fields(row)
        if own:
            _replace(row, id)
        else:
            self._add(entry, row, id)
        self.work.report.imported[self.kind] += 1

    def _add(self, entry: Entry, row: Vertical, id: Any) -> None:
        row.id = id or self.work.identities.derived(self.kind, entry.old)
        entry.row = row
        if self.write([entry]):
            raise TakenMeanwhile


def _replace(row: Vertical, id: Any) -> None:
    with refused_as(UNIQUE):
        row.save(force_update=True)
    if id and id != row.id:
        try:
            with transaction.atomic():
                Vertical.objects.filter(id=row.id).update(id=id)
        except IntegrityError:
            return  # professionals or bookings refer to the own one already, or another organization has this id


def _told(reader: Reader, row: Vertical) -> dict[str, Any]:
    """The fields as the file tells them, else as they are. Raises Invalid."""
    compliance, policies = reader.part("compliance", {}), reader.part("policies", {})
    told = {
        "external_id": reader.id("external_id", row.external_id),
        "created_at": reader.instant("created_at", row.created_at),
        "updated_at": reader.instant("updated_at", row.updated_at),
        "display_name": reader.text("display_name", row.display_name or reader.text("display_name"), most=100),
        "service_templates": _starting_points(reader, "service_templates", check_templates, row.service_templates),
        "intake_questions": _starting_points(reader, "intake_questions", check_questions, row.intake_questions),
        "metadata": reader.object("metadata", row.metadata),
        **_compliance(compliance, row),
        **_policies(policies, row),
    }
    compliance.done()
    policies.done()
    return told


def _compliance(reader: Reader, row: Vertical) -> dict[str, Any]:
    methods = reader.texts("allowed_payment_methods", row.allowed_payment_methods)
    if not set(methods) <= set(METHODS):
        reader.refuse("allowed_payment_methods", f"must be of {', '.join(METHODS)}.")
    least, most = RETENTION_DAYS
    return {
        "requires_verification": reader.flag("requires_verification", row.requires_verification),
        "data_retention_days": reader.whole("data_retention_days", row.data_retention_days, least=least, most=most),
        "allowed_payment_methods": methods,
    }


def _policies(reader: Reader, row: Vertical) -> dict[str, Any]:
    return {
        "min_notice_minutes": reader.whole("min_notice_minutes", row.min_notice_minutes),
        "deposit_bps": reader.whole("deposit_bps", row.deposit_bps, most=10_000),
        **{name: _policy(reader, name, bound, own=getattr(row, name)) for name, bound in POLICIES.items()},
    }


def _policy(reader: Reader, name: str, bound: Bound, *, own: int | None) -> int | None:
    # A null that stands there is told: without limit. Elsewhere it reads as a field that is absent.
    told_null = bound.optional and name in reader.as_given()
    found: int | None = reader.whole(name, None if told_null else own, least=bound.least, most=bound.most)
    return found


def _starting_points(reader: Reader, name: str, check: Callable[[Any], Any], own: Any) -> Any:
    try:
        return check(reader.items(name, own))
    except ValueError as fault:
        reader.refuse(name, f"{fault}.")
