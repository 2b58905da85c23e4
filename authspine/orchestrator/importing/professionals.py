"""Professionals, with their working hours, time off and travel."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from authspine.kernel import tenancy
from authspine.kernel.validation import check_fields, check_rule
from authspine.orchestrator.importing import hours
from authspine.orchestrator.importing.hours import Hours
from authspine.orchestrator.importing.people import People
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry, Work
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.errors import EmailExists
from professionals.models import HoursOverride, Professional, TimeOff, TravelPeriod, Vertical, WorkingHours
from professionals.rules.limits import check_limits


class Professionals(People):
    kind = "professionals"
    model = Professional
    refers = {"location": "locations"}  # of windows and overrides
    contains = {"time_off": TimeOff, "travel": TravelPeriod}
    email_exists = EmailExists
    holder = "professional"
    personal = (
        "email", "name", "specialties", "bio", "license", "years_of_experience", "payment_account", "booking_limits",
        "metadata", "time_off", "travel",
    )  # fmt: skip

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._verticals: dict[str, Vertical] = {row.slug: row for row in professional_queries.verticals()}
        self._hours: dict[str, Hours] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        super().prepare(entries)
        self.work.identities.look_up("locations", {old for entry in entries for old in hours.places(entry.reader)})

    def build(self, entry: Entry) -> Professional:
        reader = entry.reader
        row = self._erased(entry) or self._known(entry)
        reader.done()
        self.check_email(row)
        return row

    def _erased(self, entry: Entry) -> Professional | None:
        """Without a calendar: nobody books an erased professional any more."""
        reader = entry.reader
        if reader.peek("erased_at") is None:
            return None
        zone = reader.text("timezone", tenancy.current().organization.timezone, most=64)
        facts = {"vertical": self._vertical(reader), "timezone": zone, "verified_at": self._verified_at(reader)}
        self._hours[entry.old] = hours.read(reader, zone, self._place)
        row: Professional = self.erased(entry, **facts)
        return row

    def _known(self, entry: Entry) -> Professional:
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
            booking_limits=reader.object("booking_limits", {}),
            metadata=reader.object("metadata", {}),
            deleted_at=reader.instant("deleted_at", None),
            erased_at=reader.instant("erased_at", None),
        )
        check_fields(professional_actions.derive(row))
        check_rule(check_limits, row.booking_limits, field="booking_limits")
        self._hours[entry.old] = hours.read(reader, row.timezone, self._place)
        for part in self.inside(entry, "time_off"):
            part.row = self._time_off(part)
        for part in self.inside(entry, "travel"):
            part.row = self._travel(part)
        self._check_travel(entry)
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

    def _place(self, reader: Reader) -> UUID | None:
        return self.refer_if_any(reader, "location")

    def _travel(self, part: Entry) -> TravelPeriod:
        reader = part.reader
        row = TravelPeriod(
            **self.common(part),
            timezone=reader.text("timezone", most=64),
            starts_on=reader.day("starts_on"),
            ends_on=reader.day("ends_on"),
        )
        check_fields(row)
        if row.starts_on > row.ends_on:
            reader.refuse("ends_on", "must not lie before the start.")
        reader.done()
        return row

    def _check_travel(self, entry: Entry) -> None:
        """The database keeps one clock for a date, and would not say whose record is wrong."""
        periods = sorted((part.row.starts_on, part.row.ends_on) for part in entry.parts if part.kind == "travel")
        for (_, ends_on), (starts_on, _) in pairwise(periods):
            if starts_on <= ends_on:
                entry.reader.refuse("travel", f"two periods hold on {starts_on}.")

    def store_inside(self, entries: Sequence[Entry]) -> None:
        super().store_inside(entries)
        found = [(entry.row, self._hours.pop(entry.old)) for entry in entries]
        WorkingHours.objects.bulk_create([row for one in found for row in hours.weekly_rows(*one)])
        HoursOverride.objects.bulk_create([row for one in found for row in hours.override_rows(*one)])
