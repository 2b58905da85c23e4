"""Journeys of a booking. All run inside a scope.

Each first queues up for the calendars whose time it takes or frees; what has lapsed there expires or is declined on the
way, each with its own event, dated at its deadline.
"""

from authspine.orchestrator.bookings.answering import answer, intake_of
from authspine.orchestrator.bookings.days import CancelledDay, cancel_day
from authspine.orchestrator.bookings.holding import hold
from authspine.orchestrator.bookings.lapsing import expire_lapsed
from authspine.orchestrator.bookings.links import link, unlink
from authspine.orchestrator.bookings.looking import availability, policy
from authspine.orchestrator.bookings.moving import reschedule
from authspine.orchestrator.bookings.turning import approve, cancel, complete, confirm, decline, mark_no_show

__all__ = [
    "CancelledDay",
    "answer",
    "approve",
    "availability",
    "cancel",
    "cancel_day",
    "complete",
    "confirm",
    "decline",
    "expire_lapsed",
    "hold",
    "intake_of",
    "link",
    "mark_no_show",
    "policy",
    "reschedule",
    "unlink",
]
