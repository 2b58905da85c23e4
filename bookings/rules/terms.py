"""The terms a booking is made on: until when it waits, and the policy that it keeps for good.

A policy is a plain object as agreed at booking time, which later changes of service and vertical do not reach. Windows
are minutes before the start, fees basis points of the total and a flat part in minor units, together never more than
the total. What an older snapshot does not tell is free and not limited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from authspine.kernel.currencies import step
from bookings.rules.status import Status
from professionals.rules import policies

type Policy = Mapping[str, int | None]

# What a snapshot keeps, and what holds where it does not tell.
TERMS: Final[dict[str, int | None]] = {
    "hold_minutes": 15,
    "min_notice_minutes": 0,
    "cancellation_window_minutes": 0,
    "cancellation_fee_bps": 0,
    "cancellation_fee_cents": 0,
    "no_show_fee_bps": 0,
    "no_show_fee_cents": 0,
    "reschedule_window_minutes": 0,
    "max_reschedules": None,
}

# What every snapshot has told from the first on.
FIRST_TERMS: Final = frozenset(list(TERMS)[:4])


def hold_deadline(held_at: datetime, hold_minutes: int) -> datetime:
    """The instant from which on an unconfirmed hold is expired."""
    return held_at + timedelta(minutes=hold_minutes)


def approval_deadline(requested_at: datetime, approval_minutes: int, *, starts_at: datetime) -> datetime:
    """The instant from which on an unanswered request is declined: never later than what was asked for begins."""
    # A request for what has begun already, which staff may enter, is given its whole time.
    deadline = requested_at + timedelta(minutes=approval_minutes)
    return min(deadline, starts_at) if starts_at > requested_at else deadline


def policy_snapshot(effective: Policy, *, min_notice_minutes: int) -> dict[str, int | None]:
    """The policy in force (`professionals.rules.policies`), for the booking to keep."""
    told = {**effective, "min_notice_minutes": min_notice_minutes}
    return {term: told.get(term, default) for term, default in TERMS.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a booking's policy means for it."""

    policy: Policy
    starts_at: datetime
    total_cents: int
    currency: str = ""

    def _term(self, name: str) -> int:
        return self.policy.get(name) or 0

    @property
    def free_until(self) -> datetime:
        """Cancelling costs nothing until this instant."""
        return self.starts_at - timedelta(minutes=self._term("cancellation_window_minutes"))

    def cancellation_fee(self, at: datetime) -> int:
        """What cancelling would cost then, in minor units."""
        if at <= self.free_until:
            return 0
        return self._fee("cancellation_fee")

    def _fee(self, name: str) -> int:
        """What can be charged of it: a share of three decimals is rounded in the client's favour."""
        owed = policies.fee(self.total_cents, bps=self._term(f"{name}_bps"), cents=self._term(f"{name}_cents"))
        return owed - owed % step(self.currency)

    @property
    def no_show_fee(self) -> int:
        """What not coming costs, in minor units."""
        return self._fee("no_show_fee")

    def fee(self, status: str, to: str, *, at: datetime) -> int:
        """What is owed for this move, in minor units: who has only held or requested a time owes nothing."""
        if status != Status.CONFIRMED:
            return 0
        return {Status.CANCELLED: self.cancellation_fee(at), Status.NO_SHOW: self.no_show_fee}.get(Status(to), 0)

    @property
    def movable_until(self) -> datetime:
        """The booking may be moved until this instant."""
        return self.starts_at - timedelta(minutes=self._term("reschedule_window_minutes"))

    def moves_left(self, made: int) -> int | None:
        """How many more times it may be moved; None: as often as one likes."""
        most = self.policy.get("max_reschedules")
        return None if most is None else max(most - made, 0)
