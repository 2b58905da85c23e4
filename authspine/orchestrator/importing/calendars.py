"""Who is where when, while bookings come in: overlaps are seen before the database has to refuse them.

A calendar holds all of the time of a professional or a resource: what is here already, and what this import has taken.
The exclusion constraint stays the last line of defence.
"""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from authspine.kernel.intervals import Interval, overlaps
from bookings.errors import SlotTaken
from bookings.models import Occupancy, Session

type Period = Interval[datetime]


class Seats(NamedTuple):
    """What a booking takes: a seat of a service at a time, and the time that the session occupies, buffers included."""

    service: UUID
    time: Period
    occupied: Period
    capacity: int
    resources: tuple[UUID, ...] = ()
    location: UUID | None = None


@dataclass(slots=True)
class LiveSession:
    """A session that somebody sits in."""

    id: UUID
    ends_at: datetime
    capacity: int
    taken: int


@dataclass(slots=True)
class Calendar:
    """The occupied time of one subject, in order and disjoint, and the live sessions in it."""

    busy: list[Period] = field(default_factory=list)
    live: dict[tuple[UUID, datetime], LiveSession] = field(default_factory=dict)

    def note(self, session: LiveSession, seats: Seats) -> None:
        """Enter a live session."""
        self.busy.insert(bisect_left(self.busy, seats.occupied), seats.occupied)
        self.live[seats.service, seats.time.start] = session

    def join(self, seats: Seats) -> LiveSession | None:
        """One more seat of the session that is there at this time, if there is one. Raises SlotTaken."""
        session = self.live.get((seats.service, seats.time.start))
        if session is None:
            self.check_free(seats.occupied)
            return None
        if session.taken >= session.capacity or session.ends_at != seats.time.end:
            raise SlotTaken
        session.taken += 1
        return session

    def beside(self, seats: Seats) -> LiveSession | None:
        """The live session that a booking which takes no seat belonged to, if it is still there."""
        session = self.live.get((seats.service, seats.time.start))
        same = session is not None and (session.ends_at, session.capacity) == (seats.time.end, seats.capacity)
        return session if same else None

    def check_free(self, wanted: Period) -> None:
        """Raise SlotTaken unless nothing overlaps."""
        # Disjoint and in order: only the neighbours can overlap.
        at = bisect_left(self.busy, wanted)
        for neighbour in self.busy[max(at - 1, 0) : at + 1]:
            if overlaps(neighbour, wanted):
                raise SlotTaken


def load(subjects: Collection[UUID]) -> dict[UUID, Calendar]:
    """The calendars of these professionals and resources as they are; one query. Expects their locks."""
    found = {subject: Calendar() for subject in subjects}
    rows = Occupancy.objects.filter(subject__in=subjects, active=True).order_by("starts_at")
    for row in rows.select_related("session").iterator(chunk_size=2000):
        session: Session = row.session
        time, occupied = Interval(session.starts_at, session.ends_at), Interval(row.starts_at, row.ends_at)
        found[row.subject].note(
            LiveSession(session.id, session.ends_at, session.capacity, session.seats_taken),
            Seats(session.service_id, time, occupied, session.capacity),
        )
    return found
