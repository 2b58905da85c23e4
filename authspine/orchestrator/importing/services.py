"""Services: what professionals sell."""

from collections.abc import Sequence

from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry
from services import actions as service_actions
from services.models import Offer, Service

DAY_MINUTES = 24 * 60


class Services(Importer):
    kind = "services"
    model = Service
    refers = {"professional": "professionals"}

    def build(self, entry: Entry) -> Service:
        reader = entry.reader
        row = Service(
            **self.common(entry),
            professional_id=self.refer(reader, "professional"),
            name=reader.text("name"),
            description=reader.text("description", "", most=MAX_TEXT),
            duration_minutes=reader.whole("duration_minutes", least=1, most=DAY_MINUTES),
            location_type=reader.word("location_type", Service.LocationType.values, "in_person"),
            recurrence=reader.word("recurrence", Service.Recurrence.values, "one_time"),
            active=reader.flag("active", True),
            metadata=reader.object("metadata", {}),
            **_slots(reader),
        )
        price: Money = reader.money("price")
        service_actions.set_price(row, price=price, deposit=reader.money("deposit", Money(0, price.currency)))
        check_fields(service_actions.derive(row))
        return row

    def store(self, entries: Sequence[Entry]) -> None:
        """Each service that came in is offered by the professional whom it belongs to."""
        left = self.write(entries)
        refused = {entry.old for entry in left}
        Offer.objects.bulk_create(service_actions.own_offer(e.row) for e in entries if e.old not in refused)
        self.settle(entries, left)


def _slots(reader: Reader) -> dict[str, int | None]:
    return {
        "capacity": reader.whole("capacity", 1, least=1, most=1000),
        "buffer_before_minutes": reader.whole("buffer_before_minutes", 0, most=DAY_MINUTES),
        "buffer_after_minutes": reader.whole("buffer_after_minutes", 0, most=DAY_MINUTES),
        "slot_interval_minutes": reader.whole("slot_interval_minutes", None, least=1, most=DAY_MINUTES),
        "min_notice_minutes": reader.whole("min_notice_minutes", 0),
        "horizon_days": reader.whole("horizon_days", 90, most=32_767),
    }
