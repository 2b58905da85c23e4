"""Writing the ledger: what it lacks of what happened to a booking's money. Rows are added, never changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from authspine.kernel.ids import new_id
from authspine.kernel.inserting import insert
from payments.models import LedgerEntry, LedgerTransaction
from payments.queries import ledger as ledger_queries
from payments.queries.ledger import Held, Key, Wanted
from payments.rules.ledger import OF_PROFESSIONAL, Account, Kind, as_one, parts

# `insert` keeps a statement for each number of rows.
A_FEW: Final = 5

type Posting = tuple[Kind, Mapping[Key, int]]


def post(booking_id: UUID, *, now: datetime) -> list[LedgerTransaction]:
    """Write what the ledger lacks of a booking; gives what was written, which is nothing the second time.

    It looks at what happened and not at what was called, so it may be called as often as one likes, in any order, and
    whenever money has moved or been earned it is, in the same transaction. Two reads and at most one insert. Expects
    the booking's lock (`queries.lock_booking`, or a change of its row).
    """
    return _write(_lacking([booking_id], correcting=False), now=now)


def correct(booking_ids: Sequence[UUID], *, now: datetime) -> list[LedgerTransaction]:
    """Likewise of several bookings, each as one correction: of what was there before the ledger, or came from outside.

    Two reads and at most two inserts. Expects the bookings' locks.
    """
    return _write(_lacking(booking_ids, correcting=True), now=now)


def _lacking(booking_ids: Sequence[UUID], *, correcting: bool) -> Iterable[tuple[Wanted, Posting]]:
    held = ledger_queries.held(booking_ids)
    for wanted in ledger_queries.wanted(booking_ids).values():
        for posting in postings(wanted, held[wanted.booking], correcting=correcting):
            yield wanted, posting


def postings(wanted: Wanted, held: Held, *, correcting: bool = False) -> list[Posting]:
    """What takes the ledger of a booking from what it holds to what it must hold."""
    found = parts(held.by_account, wanted.sums, disputed=wanted.facts.disputed - held.disputed)
    told: list[Posting] = [
        (kind, {_key(account, wanted.professional): cents for account, cents in sums.items()})
        for kind, sums in (as_one(found) if correcting else found)
    ]
    if others := held.of_others(wanted.professional):
        told.append((Kind.CORRECTION, _handed_over(others, wanted.professional)))
    return told


def _key(account: Account, professional: UUID) -> Key:
    return account, professional if account in OF_PROFESSIONAL else None


def _handed_over(others: Mapping[Key, int], professional: UUID) -> Mapping[Key, int]:
    moved: dict[Key, int] = {key: -cents for key, cents in others.items()}
    for (account, _), cents in others.items():
        key = account, professional
        moved[key] = moved.get(key, 0) + cents
    return {key: cents for key, cents in moved.items() if cents}


def _write(lacking: Iterable[tuple[Wanted, Posting]], *, now: datetime) -> list[LedgerTransaction]:
    transactions: list[LedgerTransaction] = []
    entries: list[LedgerEntry] = []
    stamps = {"created_at": now, "updated_at": now}
    for wanted, (kind, sums) in lacking:
        row = LedgerTransaction(
            id=new_id(), booking_id=wanted.booking, kind=kind.value, currency=wanted.currency, at=now, **stamps
        )
        transactions.append(row)
        entries += [
            LedgerEntry(
                id=new_id(),
                transaction=row,
                account=account.value,
                professional_id=professional,
                amount_cents=cents,
                currency=wanted.currency,
                **stamps,
            )
            for (account, professional), cents in sums.items()
        ]
    if len(transactions) > A_FEW:
        LedgerTransaction.objects.bulk_create(transactions)
        LedgerEntry.objects.bulk_create(entries)
    elif transactions:
        insert(*transactions, *entries)
    return transactions
