"""The life of an imported booking: what is told of it, and what follows from its status where nothing is told."""

from datetime import datetime
from typing import Any

from authspine.orchestrator.importing.reading import Reader
from bookings import queries as booking_queries
from bookings.rules.status import OPEN, Status
from bookings.rules.terms import hold_deadline


def life(
    reader: Reader, *, created_at: datetime, starts_at: datetime, ends_at: datetime, hold_minutes: int, now: datetime
) -> dict[str, Any]:
    """Status and times of a booking. A hold's deadline is its creation plus the hold minutes, unless one is told; a
    request has to tell its own.

    When it was closed the original never told: a completed or missed one at its end, a cancelled one at its start, an
    expired or declined one at its deadline, and none of them later than now or before it was made. Raises Invalid.
    """
    status = reader.word("status", [status.value for status in Status])
    deadline = reader.instant("hold_expires_at", None)
    if status in (Status.HELD, Status.EXPIRED):
        deadline = deadline or hold_deadline(created_at, hold_minutes)
    if status == Status.REQUESTED and deadline is None:
        reader.refuse("hold_expires_at", "a request has a deadline.")
    lapsed_at = deadline or starts_at
    ends = {Status.CANCELLED: starts_at, Status.EXPIRED: lapsed_at, Status.DECLINED: lapsed_at}
    supposed = ends.get(Status(status), ends_at)
    closed_at = reader.instant("closed_at", None if status in OPEN else max(created_at, min(supposed, now)))
    if status in OPEN and closed_at:
        reader.refuse("closed_at", f"a booking that is {status} is not closed.")
    return {
        "status": booking_queries.stored_status(status),
        "hold_expires_at": deadline,
        "confirmed_at": reader.instant("confirmed_at", None),
        "closed_at": closed_at,
        **_cancellation(reader, status),
    }


def _cancellation(reader: Reader, status: str) -> dict[str, str]:
    told = {
        "cancelled_by": reader.text("cancelled_by", "", most=60),
        "cancellation_reason": reader.text("cancellation_reason", "", most=500),
    }
    if status not in (Status.CANCELLED, Status.DECLINED) and any(told.values()):
        reader.refuse("cancellation_reason", "only a booking that is cancelled or declined has one.")
    return told
