"""The terms a booking is made on: until when its hold lasts, and the policy that it keeps for good."""

from datetime import datetime, timedelta


def hold_deadline(held_at: datetime, hold_minutes: int) -> datetime:
    """The instant from which on an unconfirmed hold is expired."""
    return held_at + timedelta(minutes=hold_minutes)


def policy_snapshot(
    *, hold_minutes: int, min_notice_minutes: int, cancellation_window_minutes: int, cancellation_fee_bps: int
) -> dict[str, int]:
    """The policy as agreed, for the booking to keep: a plain object, which later changes of the vertical do not reach.

    Cancelling is free until `cancellation_window_minutes` before the start; after that it costs `cancellation_fee_bps`
    basis points of the total.
    """
    return {
        "hold_minutes": hold_minutes,
        "min_notice_minutes": min_notice_minutes,
        "cancellation_window_minutes": cancellation_window_minutes,
        "cancellation_fee_bps": cancellation_fee_bps,
    }
