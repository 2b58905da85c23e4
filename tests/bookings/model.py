"""A small model of the engine: who sits where and has which room, in plain lists; no locks, no rows, no grid."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

OPEN = ("requested", "held", "confirmed")
LAPSES = {"held": "expired", "requested": "declined"}
HOLD, ANSWER = timedelta(minutes=15), timedelta(minutes=30)


@dataclass
class Sold:
    """A service as the model knows it; `needs` are lists of rooms of which one will do."""

    id: UUID
    people: list[UUID]
    capacity: int = 1
    before: int = 0
    after: int = 0
    needs: list[list[UUID]] = field(default_factory=list)
    approval: bool = False
    deposit: bool = False


@dataclass
class Meeting:
    """An hour of a service by somebody, with the rooms that it has and the bookings that sit in it."""

    sold: Sold
    person: UUID
    start: datetime
    rooms: set[UUID] = field(default_factory=set)
    seated: set[UUID] = field(default_factory=set)

    @property
    def span(self) -> tuple[datetime, datetime]:
        before, after = timedelta(minutes=self.sold.before), timedelta(minutes=60 + self.sold.after)
        return self.start - before, self.start + after

    def meets(self, other: "Meeting") -> bool:
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]


@dataclass
class Seat:
    sold: Sold
    status: str
    deadline: datetime


class Model:
    """What there is, by booking."""

    def __init__(self) -> None:
        self.seats: dict[UUID, Seat] = {}
        self.meetings: list[Meeting] = []

    def meeting_of(self, booking: UUID) -> Meeting:
        return next(meeting for meeting in self.meetings if booking in meeting.seated)

    def lapse(self, now: datetime) -> None:
        """Whatever waits past its deadline is over, and its seat free."""
        for booking, seat in self.seats.items():
            if seat.status in LAPSES and seat.deadline <= now:
                seat.status = LAPSES[seat.status]
                self.stand_up(booking)

    def can_have(self, sold: Sold, person: UUID, start: datetime) -> bool:
        there = self._there(sold, person, start)
        if there:
            return len(there.seated) < sold.capacity
        wanted = Meeting(sold, person, start)
        meeting = [other for other in self.meetings if other.meets(wanted)]
        if any(other.person == person for other in meeting):
            return False
        taken = set().union(*(other.rooms for other in meeting))
        choices = (set(choice) for choice in product(*sold.needs))
        return any(len(choice) == len(sold.needs) and not choice & taken for choice in choices)

    def sit_down(self, booking: UUID, sold: Sold, person: UUID, start: datetime, rooms: set[UUID]) -> None:
        meeting = self._there(sold, person, start)
        if meeting is None:
            meeting = Meeting(sold, person, start, rooms)
            self.meetings.append(meeting)
        meeting.seated.add(booking)

    def stand_up(self, booking: UUID) -> None:
        meeting = self.meeting_of(booking)
        meeting.seated.remove(booking)
        if not meeting.seated:
            self.meetings.remove(meeting)

    def _there(self, sold: Sold, person: UUID, start: datetime) -> Meeting | None:
        same = (sold.id, person, start)
        return next((one for one in self.meetings if (one.sold.id, one.person, one.start) == same), None)

    def open_at(self, person: UUID) -> set[UUID]:
        """What is still to come of somebody's bookings."""
        theirs = (meeting.seated for meeting in self.meetings if meeting.person == person)
        return {booking for seated in theirs for booking in seated if self.seats[booking].status in OPEN}

    def new_seat(self, sold: Sold, now: datetime) -> Seat:
        return Seat(sold, "requested", now + ANSWER) if sold.approval else Seat(sold, "held", now + HOLD)

    def turn(self, verb: str, seat: Seat, now: datetime) -> str | None:
        """What a booking becomes by this verb; None when it is refused."""
        if verb == "approve" and seat.status == "requested" and seat.sold.deposit:
            seat.deadline = now + HOLD
            return "held"
        return TURNS.get((verb, seat.status))


TURNS: dict[tuple[str, str], Any] = {
    ("confirm", "held"): "confirmed",
    ("approve", "requested"): "confirmed",
    ("decline", "requested"): "declined",
    ("complete", "confirmed"): "completed",
    ("mark_no_show", "confirmed"): "no_show",
    **{("cancel", status): "cancelled" for status in OPEN},
}
