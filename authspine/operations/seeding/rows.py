"""Turns planned bookings into rows: a session, an occupancy and a booking for each, and what it earned."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.operations.seeding.lines import NULL, Lines
from authspine.operations.seeding.people import People
from authspine.operations.seeding.plan import FREE, HOLD, KINDS, Entry
from bookings.models import Booking, Occupancy, Session
from payments.models import LedgerEntry, LedgerTransaction
from payments.rules.ledger import Account, Kind

DEADLINE = timedelta(days=1)  # of those who wait
WAITING = ("pending", "requested")
COMMON = ("id", "created_at", "updated_at")


class Rows:
    """The lines of the five tables. Nobody has paid: what is completed is owed, as the ledger has it."""

    def __init__(self, organization: Organization, people: People, policy: dict[str, Any], now: datetime) -> None:
        self.people = people
        self.deadline = (now + DEADLINE).isoformat()
        here = {"organization_id": organization.id}
        times = (*COMMON, "starts_at", "ends_at")
        self.sessions = Lines(Session, (*times, "service_id", "professional_id", "seats_taken"), capacity=1, **here)
        self.occupancies = Lines(Occupancy, (*times, "session_id", "subject", "active"), **here)
        course = ("hold_expires_at", "confirmed_at", "closed_at", "cancelled_by")
        terms = {"timezone": organization.timezone, "currency": organization.currency, "policy": policy}
        self.bookings = Lines(
            Booking,
            (*COMMON, "session_id", "client_id", "status", "total_cents", *course),
            vertical_id=people.vertical.id,
            **terms,
            **here,
        )
        money = {"currency": organization.currency}
        self.transactions = Lines(
            LedgerTransaction, (*COMMON, "booking_id", "at"), kind=Kind.EARNING.value, **money, **here
        )
        self.entries = Lines(
            LedgerEntry, (*COMMON, "transaction_id", "account", "professional_id", "amount_cents"), **money, **here
        )

    def copy(self, cursor: Any, plans: Sequence[tuple[int, list[Entry]]]) -> int:
        """Write the bookings of some professionals, each with its position; how many they are."""
        rows = [self._rows(number, entry) for number, entries in plans for entry in entries]
        tables = (self.sessions, self.occupancies, self.bookings, self.transactions, self.entries)
        for table, lines in zip(tables, zip(*rows, strict=True), strict=True):
            with cursor.copy(table.statement) as copy:
                copy.write("".join(lines))
        return len(rows)

    def _rows(self, number: int, entry: Entry) -> tuple[str, str, str, str, str]:
        session, booking, professional = new_id(), new_id(), self.people.professionals[number]
        created_at, starts_at = entry.created_at.isoformat(), entry.starts_at.isoformat()
        common = {"created_at": created_at, "updated_at": created_at}
        service, taken = self.people.services[number][entry.kind], entry.status not in FREE
        return (
            self.sessions.row(
                common
                | {
                    "id": session,
                    "professional_id": professional,
                    "service_id": service,
                }
                | {"starts_at": starts_at, "ends_at": entry.ends_at.isoformat(), "seats_taken": int(taken)}
            ),
            self.occupancies.row(
                common
                | {"id": new_id(), "session_id": session, "subject": professional, "active": "t" if taken else "f"}
                | {"starts_at": starts_at, "ends_at": entry.occupied_until.isoformat()}
            ),
            self.bookings.row(
                common
                | {"id": booking, "session_id": session, "client_id": self.people.clients[number][entry.client]}
                | {"status": entry.status, "total_cents": KINDS[entry.kind].price_cents}
                | self._course(entry)
            ),
            *self._earning(booking, professional, entry),
        )

    def _earning(self, booking: UUID, professional: str, entry: Entry) -> tuple[str, str]:
        """A transaction and its two entries, for what has earned anything."""
        cents = KINDS[entry.kind].price_cents
        if entry.status != "completed" or not cents or entry.closed_at is None:
            return "", ""
        transaction, at = new_id(), entry.closed_at.isoformat()
        stamps = {"created_at": at, "updated_at": at}
        sides = ((Account.RECEIVABLE, NULL, cents), (Account.REVENUE, professional, -cents))
        return (
            self.transactions.row(stamps | {"id": transaction, "booking_id": booking, "at": at}),
            "".join(
                self.entries.row(
                    stamps
                    | {"id": new_id(), "transaction_id": transaction, "account": account.value}
                    | {"professional_id": whose, "amount_cents": amount}
                )
                for account, whose, amount in sides
            ),
        )

    def _course(self, entry: Entry) -> dict[str, str]:
        """When its hold runs out, when it was confirmed, and when and by whom it was ended."""
        waiting = entry.status in WAITING
        unanswered = waiting or entry.status in ("expired", "declined")
        return {
            "hold_expires_at": self.deadline if waiting else (entry.created_at + HOLD).isoformat(),
            "confirmed_at": NULL if unanswered else entry.created_at.isoformat(),
            "closed_at": entry.closed_at.isoformat() if entry.closed_at else NULL,
            "cancelled_by": "key" if entry.status == "cancelled" else "",
        }
