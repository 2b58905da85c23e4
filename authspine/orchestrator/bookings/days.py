"""The journey of a day that falls out: the professional is ill."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from authspine.kernel import clock, tenancy, times
from authspine.orchestrator.bookings import events, money
from authspine.orchestrator.bookings.lapsing import lock_calendars
from bookings import actions as booking_actions
from bookings import queries as booking_queries
from bookings.models import Booking
from payments.actions import ledger as ledger_actions
from professionals import queries as professional_queries


@dataclass(frozen=True)
class CancelledDay:
    """What was cancelled, in order of time; each booking with its client, who must be told."""

    date: date
    timezone: str
    bookings: list[Booking]


def cancel_day(professional_id: UUID, *, on: date, reason: str = "") -> CancelledDay:
    """Cancel all that a professional has on a local date: 1. who; 2. the locks; 3. each booking, with the ledger and
    its event. Nobody owes a fee for it.

    What is requested, held or confirmed goes; what is over stays. The day itself stays open: close it by time off.
    Raises ProfessionalNotFound.
    """
    now = clock.now()
    professional = professional_queries.get(professional_id)
    where = times.zone(professional.timezone)
    span = times.instant_of(on, 0, where), times.instant_of(on + timedelta(days=1), 0, where)
    lock_calendars({professional_id, *booking_queries.bound_between(professional_id, *span)}, now=now)
    found = list(booking_queries.live_between(professional_id, *span, now=now))
    by = tenancy.current().actor.kind
    for booking in found:
        booking_actions.cancel(booking, by=by, reason=reason, now=now, waive_fee=True)
        ledger_actions.post(booking.id, now=now)
        events.record("cancelled", booking, now=now)
        money.follow(booking)
    return CancelledDay(on, professional.timezone, found)
