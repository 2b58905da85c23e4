"""The life of a booking, as data: which status may follow which, and what becomes of those that wait too long."""

from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """The public words."""

    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    REQUESTED = "requested"
    DECLINED = "declined"


MOVES: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.EXPIRED: frozenset(),
    # Staff say yes (and a deposit may have to follow), or no, or nothing until the deadline.
    Status.REQUESTED: frozenset({Status.HELD, Status.CONFIRMED, Status.DECLINED, Status.CANCELLED}),
    Status.DECLINED: frozenset(),
}

# These take up the time. Completing early frees nothing, and a no-show had the time.
OCCUPYING = frozenset({Status.REQUESTED, Status.HELD, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})

# These are still to come: they may be given another time, and the status stays.
OPEN = frozenset({Status.REQUESTED, Status.HELD, Status.CONFIRMED})
RESCHEDULABLE = OPEN

# What may cost a fee, by the booking's own policy.
FEES = frozenset({Status.CANCELLED, Status.NO_SHOW})

# Those that wait until a deadline, and what they are from then on.
LAPSES: dict[Status, Status] = {Status.HELD: Status.EXPIRED, Status.REQUESTED: Status.DECLINED}


def sources(to: str) -> list[Status]:
    """The statuses from which a booking may go to this one."""
    return [status for status, targets in MOVES.items() if Status(to) in targets]


def can_move(status: str, to: str) -> bool:
    """Whether a booking may go from one status to another; everything else is a 409 `invalid_transition`."""
    return Status(to) in MOVES[Status(status)]


def is_lapsed(status: str, deadline: datetime | None, *, now: datetime) -> bool:
    """Whether this waits for somebody and its deadline has come, though its row may not know it yet."""
    return Status(status) in LAPSES and deadline is not None and now >= deadline


def status_at(status: str, deadline: datetime | None, *, now: datetime) -> Status:
    """The status as it reads at an instant: from exactly its deadline on a hold is expired and a request declined."""
    found = Status(status)
    return LAPSES[found] if is_lapsed(found, deadline, now=now) else found
