"""Services: what professionals sell, with who else offers them and what they take."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from authspine.kernel import times
from authspine.kernel.errors import Missing
from authspine.kernel.money import Money
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry, Work
from services import actions as service_actions
from services.actions import resources as resource_actions
from services.models import Offer, Option, Requirement, Service
from services.rules import MAX_REQUIREMENTS, check_options

DAY_MINUTES = 24 * 60
MOST_PRIORITY = 32_767


class Services(Importer):
    kind = "services"
    model = Service
    refers = {"professional": "professionals", "location": "locations"}
    contains = {"offers": Offer, "requirements": Requirement}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._options: dict[str, list[UUID]] = {}  # the resources of a requirement, by its old id

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Learn of whom offers and requirements speak: a query for each of the two."""
        people = (offer.get("professional") for offer in _inside(entries, "offers"))
        lists = (need.get("resources") for need in _inside(entries, "requirements"))
        resources = {old for found in lists if isinstance(found, list) for old in found if isinstance(old, str)}
        self.work.identities.look_up("professionals", {old for old in people if isinstance(old, str)})
        self.work.identities.look_up("resources", resources)

    def build(self, entry: Entry) -> Service:
        reader = entry.reader
        row = Service(
            **self.common(entry),
            professional_id=self.refer(reader, "professional"),
            location_id=self.refer(reader, "location") if reader.id("location", None) else None,
            name=reader.text("name"),
            description=reader.text("description", "", most=MAX_TEXT),
            duration_minutes=reader.whole("duration_minutes", least=1, most=DAY_MINUTES),
            location_type=reader.word("location_type", Service.LocationType.values, "in_person"),
            recurrence=reader.word("recurrence", Service.Recurrence.values, "one_time"),
            requires_approval=reader.flag("requires_approval", False),
            policy=reader.object("policy", {}),
            booking_limits=reader.object("booking_limits", {}),
            intake_questions=reader.items("intake_questions", []),
            active=reader.flag("active", True),
            metadata=reader.object("metadata", {}),
            **_slots(reader),
        )
        price: Money = reader.money("price")
        service_actions.set_price(row, price=price, deposit=reader.money("deposit", Money(0, price.currency)))
        service_actions.check(row)
        for part in self.inside(entry, "offers"):
            part.row = self._offer(part, row)
        _check_offers(entry, row)
        for position, part in enumerate(self.inside(entry, "requirements")):
            part.row = self._requirement(part, position)
        if len(_parts(entry, "requirements")) > MAX_REQUIREMENTS:
            reader.refuse("requirements", f"are at most {MAX_REQUIREMENTS}.")
        return row

    def _offer(self, part: Entry, service: Service) -> Offer:
        reader = part.reader
        price: Money | None = reader.money("price", None)
        if price and (price.currency != service.currency or price.amount_cents < service.deposit_cents):
            reader.refuse("price", "must be in the currency of the service, and not below its deposit.")
        row = Offer(
            **self.common(part),
            professional_id=self.refer(reader, "professional"),
            price_cents=price.amount_cents if price else None,
            duration_minutes=reader.whole("duration_minutes", None, least=1, most=DAY_MINUTES),
            priority=reader.whole("priority", 0, most=MOST_PRIORITY),
            active=reader.flag("active", True),
        )
        reader.done()
        return row

    def _requirement(self, part: Entry, position: int) -> Requirement:
        reader = part.reader
        row = Requirement(**self.common(part), position=position, name=reader.text("name", "", most=100))
        resources = [self._resource(reader, old) for old in reader.items("resources")]
        try:
            check_options(resources)
        except ValueError as error:
            reader.refuse("resources", f"{error}.")
        reader.done()
        self._options[part.old] = resources
        return row

    def _resource(self, reader: Reader, old: Any) -> UUID:
        found = self.work.identities.find("resources", old) if isinstance(old, str) else None
        if found is None:
            field = f"{reader.path}resources"
            raise Missing(f"{field}: there is no such resource, neither in the file nor here.", field=field)
        return found

    def store(self, entries: Sequence[Entry]) -> None:
        """A service of which the file tells no offers is offered by the professional whom it belongs to."""
        left = self.write(entries)
        self.settle(entries, left)
        stored = [entry for entry in entries if entry not in left]
        for entry in stored:
            for part in entry.parts:
                part.row.service = entry.row  # now, since the service's id may have changed on the way in
        self.write_whole([part for entry in stored for part in _parts(entry, "offers")])
        Offer.objects.bulk_create(service_actions.own_offer(e.row) for e in stored if not _parts(e, "offers"))
        needs = [part for entry in stored for part in _parts(entry, "requirements")]
        self.write_whole(needs)
        Option.objects.bulk_create(
            option for part in needs for option in resource_actions.options(part.row, self._options.pop(part.old))
        )


def _inside(entries: Sequence[Entry], kind: str) -> Iterator[dict[str, Any]]:
    """The records of a list inside these, as far as they have the form of any."""
    for entry in entries:
        found = entry.reader.peek(kind)
        yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def _parts(entry: Entry, kind: str) -> list[Entry]:
    return [part for part in entry.parts if part.kind == kind]


def _check_offers(entry: Entry, service: Service) -> None:
    """Who is told of stands there once, and the professional whom the service belongs to is among them."""
    told = [part.row.professional_id for part in _parts(entry, "offers")]
    if len(set(told)) < len(told):
        entry.reader.refuse("offers", "the same professional stands there twice.")
    if entry.reader.peek("offers") is not None and service.professional_id not in told:
        entry.reader.refuse("offers", "the professional of the service is not among them.")


def _slots(reader: Reader) -> dict[str, Any]:
    return {
        "capacity": reader.whole("capacity", 1, least=1, most=1000),
        "buffer_before_minutes": reader.whole("buffer_before_minutes", 0, most=DAY_MINUTES),
        "buffer_after_minutes": reader.whole("buffer_after_minutes", 0, most=DAY_MINUTES),
        "slot_interval_minutes": reader.whole("slot_interval_minutes", None, least=1, most=DAY_MINUTES),
        "slot_offset_minutes": reader.whole("slot_offset_minutes", 0, most=DAY_MINUTES - 1),
        "min_notice_minutes": reader.whole("min_notice_minutes", 0),
        "horizon_days": reader.whole("horizon_days", 90, most=32_767),
        "bookable_from": _date(reader, "bookable_from"),
        "bookable_to": _date(reader, "bookable_to"),
    }


def _date(reader: Reader, name: str) -> date | None:
    told = reader.text(name, None, most=10)
    try:
        found = date.fromisoformat(told) if told is not None else None
    except ValueError:
        reader.refuse(name, "must be a date such as 2026-12-24.")
    if found and not times.FIRST_YEAR <= found.year <= times.LAST_YEAR:
        reader.refuse(name, f"the year lies between {times.FIRST_YEAR} and {times.LAST_YEAR}.")
    return found
