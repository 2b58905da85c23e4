"""Journeys that turn a booking's status: confirm, approve, decline, cancel, complete, mark no-show.

With `if_version` they happen only while the booking has that version, else Stale.
"""

from datetime import datetime
from uuid import UUID

from authspine.kernel import clock, tenancy
from authspine.orchestrator.bookings import events, money
from authspine.orchestrator.bookings.lapsing import lock_calendars
from bookings import actions as booking_actions
from bookings import queries as booking_queries
from bookings.models import Booking
from payments.actions import ledger as ledger_actions


def confirm(booking_id: UUID, *, override: bool = False, if_version: int | None = None) -> Booking:
    """Confirm a hold: 1. find; 2. held -> confirmed; 3. has it been answered; 4. `booking.confirmed`.

    With `override` (staff) also without answers. Raises InvalidTransition, Stale, AnswersMissing.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.confirm(booking, now=now, if_version=if_version)
    if not override:
        booking_queries.check_answered(booking)
    events.record("confirmed", booking, now=now)
    return booking


def approve(booking_id: UUID, *, override: bool = False, if_version: int | None = None) -> Booking:
    """Say yes to a request: 1. find; 2. requested -> confirmed, or -> held where a deposit is due; 3. has it been
    answered, where it is confirmed; 4. the events.

    `booking.approved`, and `booking.confirmed` where it is. With `override` also without answers. Raises
    InvalidTransition, Stale, AnswersMissing.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.approve(booking, now=now, if_version=if_version)
    if booking.status == Booking.Status.CONFIRMED and not override:
        booking_queries.check_answered(booking)
    events.record("approved", booking, now=now)
    if booking.status == Booking.Status.CONFIRMED:
        events.record("confirmed", booking, now=now)
    return booking


def decline(booking_id: UUID, *, reason: str = "", if_version: int | None = None) -> Booking:
    """Say no to a request: 1. find; 2. the calendars' locks; 3. requested -> declined; 4. `booking.declined`.

    Raises InvalidTransition, Stale.
    """
    now = clock.now()
    booking = _found_and_locked(booking_id, now=now)
    by = tenancy.current().actor.kind
    booking_actions.decline(booking, by=by, reason=reason, now=now, if_version=if_version)
    events.record("declined", booking, now=now)
    money.follow(booking)
    return booking


def cancel(booking_id: UUID, *, reason: str = "", waive_fee: bool = False, if_version: int | None = None) -> Booking:
    """Cancel: 1. find; 2. the calendars' locks; 3. -> cancelled, time free; 4. the ledger; 5. `booking.cancelled`.

    A confirmed booking owes the fee of its own policy, unless it is waived: where it is the business that cancels.
    Raises InvalidTransition, Stale.
    """
    now = clock.now()
    booking = _found_and_locked(booking_id, now=now)
    by = tenancy.current().actor.kind
    booking_actions.cancel(booking, by=by, reason=reason, now=now, waive_fee=waive_fee, if_version=if_version)
    ledger_actions.post(booking.id, now=now)
    events.record("cancelled", booking, now=now)
    money.follow(booking)
    return booking


def complete(booking_id: UUID, *, if_version: int | None = None) -> Booking:
    """Complete: 1. find; 2. confirmed -> completed; 3. the ledger; 4. `booking.completed`.

    Raises InvalidTransition, Stale.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.complete(booking, now=now, if_version=if_version)
    ledger_actions.post(booking.id, now=now)
    events.record("completed", booking, now=now)
    money.follow(booking)
    return booking


def mark_no_show(booking_id: UUID, *, if_version: int | None = None) -> Booking:
    """The client did not come: 1. find; 2. confirmed -> no_show, with its fee; 3. the ledger; 4. `booking.no_show`.

    Raises InvalidTransition, Stale.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    booking_actions.mark_no_show(booking, now=now, if_version=if_version)
    ledger_actions.post(booking.id, now=now)
    events.record("no_show", booking, now=now)
    money.follow(booking)
    return booking


def _found_and_locked(booking_id: UUID, *, now: datetime) -> Booking:
    booking = booking_queries.get(booking_id, now=now)
    subjects = booking_queries.bound_subjects(booking.session_id)
    lock_calendars({*subjects, booking.session.professional_id}, now=now)
    return booking
