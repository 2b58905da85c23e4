"""The life of a booking, as data: which status may follow which, and when a hold has run out."""

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


MOVES: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.EXPIRED: frozenset(),
}

# These take up the time. Completing early frees nothing, and a no-show had the time.
OCCUPYING = frozenset({Status.HELD, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})

# These may be given another time; the status stays.
RESCHEDULABLE = frozenset({Status.HELD, Status.CONFIRMED})


def sources(to: str) -> list[Status]:
    """The statuses from which a booking may go to this one."""
    return [status for status, targets in MOVES.items() if Status(to) in targets]


def can_move(status: str, to: str) -> bool:
    """Whether a booking may go from one status to another; everything else is a 409 `invalid_transition`."""
    return Status(to) in MOVES[Status(status)]


def is_lapsed(status: str, hold_expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether this is a hold at or past its deadline, whose row may not know it yet."""
    return Status(status) is Status.HELD and hold_expires_at is not None and now >= hold_expires_at


def status_at(status: str, hold_expires_at: datetime | None, *, now: datetime) -> Status:
    """The status as it reads at an instant: a hold is expired from exactly its deadline on, whatever its row says."""
    return Status.EXPIRED if is_lapsed(status, hold_expires_at, now=now) else Status(status)
