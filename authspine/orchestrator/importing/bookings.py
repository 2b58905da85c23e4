"""Bookings, with the sessions and the occupied time that they make. In the order of the file: the first on a slot wins.

History is taken as it is: the past, closed hours and unverified professionals are no fault; an overlap is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from authspine.kernel.errors import Missing
from authspine.kernel.ids import new_id
from authspine.kernel.intervals import Interval, contains
from authspine.kernel.locks import lock_subjects
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from authspine.orchestrator import bookings as booking_journeys
from authspine.orchestrator.exporting.holds import as_lapsed
from authspine.orchestrator.importing import calendars
from authspine.orchestrator.importing.calendars import Calendar, LiveSession, Period, Seats
from authspine.orchestrator.importing.document import Section
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.lives import life
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry, TakenMeanwhile, Work
from authspine.privacy import people
from bookings.models import LONGEST_OCCUPANCY, Booking, IntakeAnswers, Occupancy, Session
from bookings.rules.intake import check_kept
from bookings.rules.status import FEES, OCCUPYING
from bookings.rules.terms import FIRST_TERMS, TERMS, policy_snapshot
from clients.models import Client
from professionals import queries as professional_queries
from professionals.models import Vertical
from professionals.rules import policies
from services.models import Offer, Service

# What a booking says of its client, sealed under the client's key.
WORDS = ("notes", "cancellation_reason", "intake_answers")


class Bookings(Importer):
    kind = "bookings"
    model = Booking
    refers = {"client": "clients", "professional": "professionals", "service": "services", "location": "locations"}
    contains = {"intake_answers": IntakeAnswers}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._verticals: dict[str, Vertical] = {row.slug: row for row in professional_queries.verticals()}
        self._services: dict[UUID, Service] = {}
        self._offers: set[tuple[UUID, UUID]] = set()
        self._calendars: dict[UUID, Calendar] = {}
        self._sessions: list[Session] = []
        self._occupancies: list[Occupancy] = []
        self._joined: dict[UUID, LiveSession] = {}
        self._erased: set[UUID] = set()

    def run(self, section: Section) -> None:
        """First the holds that have run out here, each with its event: an expired hold never blocks anybody."""
        booking_journeys.expire_lapsed()
        super().run(section)

    def prepare(self, entries: Sequence[Entry]) -> None:
        """The services with their professionals; the calendars, under their locks where others may write to them."""
        wanted = self.referred(entries, "service") - self._services.keys()
        rows = Service.objects.filter(id__in=wanted)
        self._offers |= set(Offer.objects.filter(service__in=wanted).values_list("service", "professional"))
        self._services |= {row.id: row for row in rows.select_related("professional__vertical")}
        people, things = self.referred(entries, "professional"), self._resources(entries)
        booked = (people | things) - self._calendars.keys()
        new = self.work.identities.is_new
        old = {id for id in booked if not new("resources" if id in things else "professionals", id)}
        lock_subjects(old)
        self._calendars |= {id: Calendar() for id in booked} | calendars.load(old)
        self._erased |= self._lock_clients(entries)

    def _lock_clients(self, entries: Sequence[Entry]) -> set[UUID]:
        """Who of those of whom something is said is erased; nobody else is, until what is said is written."""
        told = self.referred([entry for entry in entries if _words(entry.reader)], "client")
        rows = Client.objects.filter(id__in=told).order_by("id").select_for_update(no_key=True)
        return {id for id, erased_at in rows.values_list("id", "erased_at") if erased_at}

    def _resources(self, entries: Sequence[Entry]) -> set[UUID]:
        lists = (entry.reader.peek("resources") for entry in entries)
        olds = {old for found in lists if isinstance(found, list) for old in found if isinstance(old, str)}
        self.work.identities.look_up("resources", olds)
        return {id for old in olds if (id := self.work.identities.find("resources", old))}

    def build(self, entry: Entry) -> Booking:
        reader, common = entry.reader, self.common(entry)
        client_id, (service, professional_id) = self.refer(reader, "client"), self._service(reader)
        if client_id in self._erased:
            for name in _words(reader):
                reader.refuse(name, "must be empty, since the client was erased.")
        vertical = self._vertical(reader, service)
        seats, timezone = _seats(reader, service), reader.text("timezone", service.professional.timezone, most=64)
        told = life(
            reader,
            created_at=common["created_at"],
            starts_at=seats.time.start,
            ends_at=seats.time.end,
            hold_minutes=vertical.hold_minutes,
            now=self.work.now,
        )
        row = Booking(
            **common,
            **told,
            **_money(reader, told["status"]),
            client_id=client_id,
            vertical=vertical,
            timezone=timezone,
            policy=_policy(reader, vertical, service),
            notes=reader.text("notes", "", most=MAX_TEXT),
            reschedules=reader.whole("reschedules", 0, most=32_767),
            version=reader.whole("version", 1, least=1),
        )
        location_id, resources = self.refer_if_any(reader, "location"), self._bound(reader)
        check_fields(row)
        self._answers(entry, client_id)
        reader.done()
        if row.is_lapsed(self.work.now):
            as_lapsed(row)
        seats = seats._replace(resources=resources, location=location_id)
        row.session_id = self._session(row, service, professional_id, seats)
        return row

    def _answers(self, entry: Entry, client_id: UUID) -> None:
        """What was answered for the booking, once or not at all. Raises Invalid."""
        parts = self.inside(entry, "intake_answers")
        if len(parts) > 1:
            entry.reader.refuse("intake_answers", "a booking is answered once.")
        for part in parts:
            part.row = IntakeAnswers(**self.common(part), client_id=client_id)
            try:
                part.row.content = check_kept(part.reader.items("content"))
            except ValueError as fault:
                part.reader.refuse("content", f"{fault}.")
            part.reader.done()

    def _bound(self, reader: Reader) -> tuple[UUID, ...]:
        """The resources that the session has. Raises Missing, Invalid."""
        olds = reader.texts("resources", [])
        found = [self.work.identities.find("resources", old) for old in olds]
        if None in found:
            raise Missing("resources: there is no such record, neither in the file nor here.", field="resources")
        if len(set(found)) < len(found):
            reader.refuse("resources", "names one twice.")
        return tuple(id for id in found if id)

    def _service(self, reader: Reader) -> tuple[Service, UUID]:
        """What was booked, and by whom it was to be given. Raises Missing, Invalid."""
        professional_id = self.refer(reader, "professional")
        service = self._services[self.refer(reader, "service")]
        if (service.id, professional_id) not in self._offers:
            reader.refuse("service", "is another professional's.")
        return service, professional_id

    def _vertical(self, reader: Reader, service: Service) -> Vertical:
        slug = reader.text("vertical", service.professional.vertical.slug, most=50)
        if slug not in self._verticals:
            reader.refuse("vertical", f"there is no vertical {slug!r} here.")
        return self._verticals[slug]

    def _session(self, row: Booking, service: Service, professional_id: UUID, seats: Seats) -> UUID:
        """The session that the booking sits in, or sat in, made where there is none. Raises SlotTaken."""
        calendar = self._calendars[professional_id]
        if row.public_status not in OCCUPYING:
            left = calendar.beside(seats)
            return left.id if left else self._open(row, service, professional_id, seats, taken=0).id
        joined = calendar.join(seats)
        if joined:
            self._joined[joined.id] = joined
            return joined.id
        for resource in seats.resources:
            self._calendars[resource].check_free(seats.occupied)
        session = self._open(row, service, professional_id, seats, taken=1)
        live = LiveSession(session.id, session.ends_at, session.capacity, 1)
        for subject in (professional_id, *seats.resources):
            self._calendars[subject].note(live, seats)
        return session.id

    def _open(self, row: Booking, service: Service, professional_id: UUID, seats: Seats, *, taken: int) -> Session:
        stamps = {"created_at": row.created_at, "updated_at": row.created_at}
        session = Session(
            id=new_id(),
            service=service,
            professional_id=professional_id,
            starts_at=seats.time.start,
            ends_at=seats.time.end,
            location_id=seats.location,
            capacity=seats.capacity,
            seats_taken=taken,
            **stamps,
        )
        self._sessions.append(session)
        if taken:
            start, end = seats.occupied
            self._occupancies += [
                Occupancy(session=session, subject=subject, starts_at=start, ends_at=end, **stamps)
                for subject in (professional_id, *seats.resources)
            ]
        return session

    def booking_of(self, row: Booking) -> UUID:
        return row.id

    def store(self, entries: Sequence[Entry]) -> None:
        """Sessions first, with the seats that are taken by now."""
        for session in self._sessions:
            if live := self._joined.pop(session.id, None):
                session.seats_taken = live.taken
        Session.objects.bulk_create(self._sessions)
        Occupancy.objects.bulk_create(self._occupancies)
        joined = [Session(id=id, seats_taken=of.taken, updated_at=self.work.now) for id, of in self._joined.items()]
        Session.objects.bulk_update(joined, ["seats_taken", "updated_at"])
        self._sessions, self._occupancies, self._joined = [], [], {}
        if self.write(entries):
            raise TakenMeanwhile("Somebody else writes the same records at this moment. Please import again.")
        self.settle(entries, [])
        for entry in entries:
            for part in entry.parts:
                part.row.booking = entry.row  # now, since the booking's id may have changed on the way in
        parts = [part for entry in entries for part in entry.parts]
        people.preload(Client, [part.row.client_id for part in parts])
        self.write_whole(parts)


def _words(reader: Reader) -> list[str]:
    return [name for name in WORDS if reader.peek(name)]


def _seats(reader: Reader, service: Service) -> Seats:
    """The time of a booking as it was: neither the service's duration nor its buffers of today are asked."""
    time = _period(reader)
    capacity = reader.whole("capacity", service.capacity, least=1, most=32_767)
    part = reader.optional_part("occupied")
    if part is None:
        return Seats(service.id, time, time, capacity)
    occupied = _period(part)
    part.done()
    if not contains(occupied, time):
        reader.refuse("occupied", "must contain the time of the booking.")
    return Seats(service.id, time, occupied, capacity)


def _period(reader: Reader) -> Period:
    period = Interval(reader.instant("starts_at"), reader.instant("ends_at"))
    if period.start >= period.end:
        reader.refuse("ends_at", "must lie after the start.")
    if period.end - period.start > LONGEST_OCCUPANCY:
        reader.refuse("ends_at", f"nothing lasts longer than {LONGEST_OCCUPANCY.days} days.")
    return period


def _money(reader: Reader, status: str) -> dict[str, Any]:
    total: Money = reader.money("total")
    deposit: Money = reader.money("deposit", Money(0, total.currency))
    if deposit.currency != total.currency or deposit.amount_cents > total.amount_cents:
        reader.refuse("deposit", "must be in the currency of the total, and no more than it.")
    fee: Money = reader.money("fee", Money(0, total.currency))
    if fee.currency != total.currency or fee.amount_cents > total.amount_cents:
        reader.refuse("fee", "must be in the currency of the total, and no more than it.")
    if fee.amount_cents and status not in FEES:
        reader.refuse("fee", "only a booking that is cancelled or missed has one.")
    return {
        "total_cents": total.amount_cents,
        "deposit_cents": deposit.amount_cents,
        "fee_cents": fee.amount_cents,
        "currency": total.currency,
    }


def _policy(reader: Reader, vertical: Vertical, service: Service) -> dict[str, Any]:
    """As agreed; where that is not told, what would be agreed today."""
    today = policies.effective(vertical.policy_defaults(), service.policy)
    told = reader.object("policy", policy_snapshot(today, min_notice_minutes=service.min_notice_minutes))
    if not FIRST_TERMS <= told.keys() <= TERMS.keys() or not all(_is_term(*term) for term in told.items()):
        reader.refuse("policy", f"must have whole numbers as {', '.join(sorted(FIRST_TERMS))}, and maybe others.")
    return told


def _is_term(name: str, value: Any) -> bool:
    return (type(value) is int and value >= 0) or (value is None and TERMS[name] is None)
