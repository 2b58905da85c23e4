"""Resources, with their weekly hours and their downtime."""

from collections.abc import Sequence

from authspine.kernel import tenancy
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry
from professionals.rules.working_hours import minutes_of
from services.actions import resources as resource_actions
from services.models import Downtime, Resource
from services.rules import Window


class Resources(Importer):
    kind = "resources"
    model = Resource
    contains = {"downtimes": Downtime}

    def build(self, entry: Entry) -> Resource:
        reader = entry.reader
        row = Resource(
            **self.common(entry),
            name=reader.text("name"),
            kind=reader.text("kind", "", most=50),
            timezone=reader.text("timezone", tenancy.current().organization.timezone, most=64),
            active=reader.flag("active", True),
            metadata=reader.object("metadata", {}),
        )
        resource_actions.check(resource_actions.set_hours(row, [_window(part) for part in reader.parts("hours", [])]))
        for part in self.inside(entry, "downtimes"):
            part.row = self._downtime(part)
        return row

    def _downtime(self, part: Entry) -> Downtime:
        reader = part.reader
        row = Downtime(
            **self.common(part),
            starts_at=reader.instant("starts_at"),
            ends_at=reader.instant("ends_at"),
            reason=reader.text("reason", ""),
        )
        if row.starts_at >= row.ends_at:
            reader.refuse("ends_at", "must lie after the start.")
        reader.done()
        return row

    def store(self, entries: Sequence[Entry]) -> None:
        left = self.write(entries)
        self.settle(entries, left)
        stored = [entry for entry in entries if entry not in left]
        for entry in stored:
            for part in entry.parts:
                part.row.resource = entry.row  # now, since the resource's id may have changed on the way in
        self.write_whole([part for entry in stored for part in entry.parts])


def _window(reader: Reader) -> Window:
    weekday = reader.whole("weekday", most=6)
    try:
        window = Window(weekday, minutes_of(reader.text("start")), minutes_of(reader.text("end")))
    except ValueError as error:
        reader.refuse("start", f"{error}.")
    reader.done()
    return window
