"""Professionals, with their working hours and time off."""

from collections.abc import Sequence
from typing import Any

from authspine.kernel import tenancy
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing import hours
from authspine.orchestrator.importing.people import People
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry, Work
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.errors import EmailExists
from professionals.models import HoursOverride, Professional, TimeOff, Vertical, WorkingHours
from professionals.rules.working_hours import Schedule


class Professionals(People):
    kind = "professionals"
    model = Professional
    contains = {"time_off": TimeOff}
    email_exists = EmailExists
    holder = "professional"

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._verticals: dict[str, Vertical] = {row.slug: row for row in professional_queries.verticals()}
        self._schedules: dict[str, Schedule] = {}

    def build(self, entry: Entry) -> Professional:
        reader = entry.reader
        row = Professional(
            **self.common(entry),
            email=reader.text("email", most=254),
            name=reader.text("name"),
            vertical=self._vertical(reader),
            specialties=reader.texts("specialties", []),
            bio=reader.text("bio", "", most=MAX_TEXT),
            timezone=reader.text("timezone", tenancy.current().organization.timezone, most=64),
            verified_at=self._verified_at(reader),
            license=reader.text("license", "", most=100),
            years_of_experience=reader.whole("years_of_experience", None, most=32_767),
            payment_account=reader.text("payment_account", "", most=100),
            metadata=reader.object("metadata", {}),
            deleted_at=reader.instant("deleted_at", None),
        )
        check_fields(professional_actions.derive(row))
        self._schedules[entry.old] = hours.schedule(reader, row.timezone)
        for part in self.inside(entry, "time_off"):
            part.row = self._time_off(part)
        reader.done()
        self.check_email(row)
        return row

    def _vertical(self, reader: Reader) -> Vertical:
        slug = reader.text("vertical", most=50)
        if slug not in self._verticals:
            reader.refuse("vertical", f"there is no vertical {slug!r} here.")
        return self._verticals[slug]

    def _verified_at(self, reader: Reader) -> Any:
        """The original told whether and not when."""
        return reader.instant("verified_at", self.work.now if reader.flag("verified", False) else None)

    def _time_off(self, part: Entry) -> TimeOff:
        reader = part.reader
        row = TimeOff(
            **self.common(part),
            starts_at=reader.instant("starts_at"),
            ends_at=reader.instant("ends_at"),
            reason=reader.text("reason", ""),
        )
        if row.starts_at >= row.ends_at:
            reader.refuse("ends_at", "must lie after the start.")
        reader.done()
        return row

    def store_inside(self, entries: Sequence[Entry]) -> None:
        super().store_inside(entries)
        schedules = [(entry.row, self._schedules.pop(entry.old)) for entry in entries]
        WorkingHours.objects.bulk_create([row for found in schedules for row in hours.weekly_rows(*found)])
        HoursOverride.objects.bulk_create([row for found in schedules for row in hours.override_rows(*found)])
