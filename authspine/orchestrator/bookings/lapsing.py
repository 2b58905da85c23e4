"""What becomes of holds and requests past their deadline: under the locks of whoever comes by, and by the sweep."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from authspine.kernel import clock
from authspine.orchestrator.bookings import events, money
from bookings import actions as booking_actions
from bookings import queries as booking_queries


def lock_calendars(subjects: Iterable[UUID], *, now: datetime) -> None:
    """Take the calendars' locks; each hold or request that lapsed there has its event, dated at its deadline."""
    lapsed = booking_actions.lock_calendars(subjects, now=now)
    for booking in lapsed:
        events.record_lapse(booking, now=now)
    money.follow_gone(lapsed)


def expire_lapsed() -> int:
    """Sweep: 1. the professionals with lapsed holds or requests; 2. their locks and those of what else these bind, all
    at once; under them they go.

    One after the other, the sweep would wait for somebody who waits for what it has freed already. Gives the number of
    professionals.
    """
    now = clock.now()
    professionals = booking_queries.professionals_with_lapsed_holds(now)
    if professionals:
        lock_calendars({*professionals, *booking_queries.bound_by_lapsed_holds(now)}, now=now)
    return len(professionals)
