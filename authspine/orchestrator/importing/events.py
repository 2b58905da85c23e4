"""Events: facts of the past, with the ids in them following the records that they tell of."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from analytics import queries as event_queries
from analytics.errors import BadType
from analytics.models import AnalyticsEvent
from analytics.rules import event_types
from analytics.rules.nameless import nameless
from authspine.kernel.errors import Missing
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.document import Section
from authspine.orchestrator.importing.identities import as_uuid
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry, Work

# Where an event's data names a record.
NAMES = {
    "clientId": "clients",
    "professionalId": "professionals",
    "locationId": "locations",
    "closureId": "closures",
    "holidayCalendarId": "holiday_calendars",
    "serviceId": "services",
    "resourceId": "resources",
    "bookingId": "bookings",
    "previousProfessionalId": "professionals",
    "paymentIntentId": "payments",
    "refundId": "refunds",
}
PEOPLE = ("clients", "professionals")
BEGINNING = "platform.initialized"


class Events(Importer):
    kind = "events"
    model = AnalyticsEvent

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._erased: set[UUID] = set()  # of those whom a batch is about

    def run(self, section: Section) -> None:
        super().run(section)
        if self.work.into_empty:
            self._take_over_the_beginning()

    def _take_over_the_beginning(self) -> None:
        """The file's beginning, once it is here, takes the place of the one that a new organization begins with."""
        here = set(AnalyticsEvent.objects.filter(type=BEGINNING).values_list("id", flat=True))
        told = here & {self.work.identities.find(self.kind, old) for old in self._seen[self.kind]}
        if told:
            AnalyticsEvent.objects.filter(id__in=here - told).delete()

    def prepare(self, entries: Sequence[Entry]) -> None:
        olds: dict[str, set[str]] = {kind: set() for kind in NAMES.values()}
        for entry in entries:
            for kind, old in _named(entry.reader):
                olds[kind].add(old)
        for kind, found in olds.items():
            self.work.identities.look_up(kind, found)
        about = {id for entry in entries if (old := entry.reader.peek("user")) and (id := self._whose(old))}
        self._erased = event_queries.erased_among(about)

    def _whose(self, old: object) -> UUID | None:
        """The client or professional whom an event says that it is about, if there is one here."""
        return next((id for kind in PEOPLE if (id := self.work.identities.find(kind, str(old)))), None)

    def build(self, entry: Entry) -> AnalyticsEvent:
        reader, common = entry.reader, self.common(entry)
        row = AnalyticsEvent(
            **common,
            type=reader.text("type", most=event_types.MAX_LENGTH),
            timestamp=reader.instant("timestamp"),
            user=self._user(reader),
            actor=reader.text("actor", "", most=60),
            session_id=reader.text("session_id", ""),
            data=self._told(reader.object("data", {})),
        )
        if not event_types.is_well_formed(row.type):
            raise BadType
        if row.user in self._erased:
            row.data, row.session_id, row.external_id = nameless(row.data), "", None
        check_fields(row)
        return row

    def _user(self, reader: Reader) -> UUID | None:
        """Whom the event is about. A UUID that is nobody's here stays: it may be a login, or somebody deleted since."""
        old = reader.id("user", None)
        if old is None:
            return None
        found = next((id for kind in PEOPLE if (id := self._row(kind, old))), as_uuid(old))
        if found is None:
            raise Missing("user: there is no such client or professional, neither in the file nor here.", field="user")
        return found

    def _told(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data, with the ids of records that came in. What is no id of any record is the caller's own business."""
        changes = {
            name: str(id)
            for name, kind in NAMES.items()
            if isinstance(old := data.get(name), str) and (id := self._row(kind, old))
        }
        return data | changes if changes else data

    def _row(self, kind: str, old: str) -> UUID | None:
        """The row that an id stands for, None for an unknown one. Raises Missing for a record that was refused."""
        if self.work.identities.was_refused(kind, old):
            raise Missing(f"The event tells of {kind}: {old[:60]}, which was refused.")
        return self.work.identities.find(kind, old)


def _named(reader: Reader) -> Iterator[tuple[str, str]]:
    """The kinds and old ids of the records that an event names."""
    user, data = reader.peek("user"), reader.peek("data")
    if isinstance(user, str):
        yield from ((kind, user) for kind in PEOPLE)
    for name, kind in NAMES.items():
        if isinstance(data, dict) and isinstance(old := data.get(name), str):
            yield kind, old
