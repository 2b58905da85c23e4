"""The ledger as it was written elsewhere; what it lacks of what came in is written at the end, as corrections."""

from collections.abc import Sequence
from itertools import batched
from uuid import UUID

from authspine.orchestrator.importing.importer import BATCH, Importer
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry, Work
from bookings.models import Booking
from payments.actions import ledger as ledger_actions
from payments.models import LedgerEntry, LedgerTransaction
from payments.queries import ledger as ledger_queries
from payments.rules.ledger import Account, Kind

ACCOUNTS = [account.value for account in Account]
MOST = 2**53  # what every reader of JSON can tell from its neighbours
KINDS = [kind.value for kind in Kind]


class Ledger(Importer):
    kind = "ledger"
    model = LedgerTransaction
    refers = {"booking": "bookings"}
    contains = {"entries": LedgerEntry}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._currencies: dict[UUID, str] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        bookings = Booking.objects.filter(id__in=self.referred(entries, "booking"))
        self._currencies = dict(bookings.values_list("id", "currency"))
        lists = (entry.reader.peek("entries") for entry in entries)
        parts = [part for found in lists if isinstance(found, list) for part in found if isinstance(part, dict)]
        names = {name for part in parts if isinstance(name := part.get("professional"), str)}
        self.work.identities.look_up("professionals", names)

    def build(self, entry: Entry) -> LedgerTransaction:
        reader = entry.reader
        common, booking_id = self.common(entry), self.refer(reader, "booking")
        row = LedgerTransaction(
            **common,
            booking_id=booking_id,
            kind=reader.word("kind", KINDS),
            currency=reader.text("currency", self._currencies[booking_id], most=3),
            at=reader.instant("at", common["created_at"]),
        )
        if row.currency != self._currencies[booking_id]:
            reader.refuse("currency", f"must be {self._currencies[booking_id]}, as the booking's is.")
        for part in self.inside(entry, "entries"):
            part.row = self._entry(part, row)
        # The database would refuse the whole import for it.
        if len(entry.parts) < 2 or sum(part.row.amount_cents for part in entry.parts):
            reader.refuse("entries", "must be two at least and add up to nothing.")
        return row

    def _entry(self, part: Entry, row: LedgerTransaction) -> LedgerEntry:
        found = LedgerEntry(
            **self.common(part),
            transaction=row,
            account=part.reader.word("account", ACCOUNTS),
            professional_id=self._professional(part.reader),
            amount_cents=part.reader.whole("amount_cents", least=-MOST, most=MOST),
            currency=row.currency,
        )
        if found.amount_cents == 0:
            part.reader.refuse("amount_cents", "must not be nothing.")
        part.reader.done()
        return found

    def _professional(self, reader: Reader) -> UUID | None:
        old = reader.id("professional", None)
        found = None if old is None else self.work.identities.find("professionals", old)
        if old is not None and found is None:
            reader.refuse("professional", "there is no such record, neither in the file nor here.")
        return found

    def booking_of(self, row: LedgerTransaction) -> UUID:
        return row.booking_id

    def store(self, entries: Sequence[Entry]) -> None:
        left = self.write(entries)
        written = [entry for entry in entries if entry not in left]
        for entry in written:
            for part in entry.parts:
                part.row.transaction_id = entry.row.id
        self.write_whole([part for entry in written for part in entry.parts])
        self.settle(entries, left)


def settle(work: Work) -> None:
    """Correct the ledger of every booking that came in, or that money came in for: nothing of it is missing then.

    Locks the bookings, ids ascending.
    """
    for some in batched(sorted(work.moved), BATCH):
        ledger_queries.lock_bookings(some)
        ledger_actions.correct(some, now=work.stamp())
