"""Changes to bookings, and to the sessions and occupancies under them. All run inside an organization scope.

Lock order: the professional's calendar (an advisory lock, taken by `lock_calendar`), then booking, then session. What
takes or frees time expects that lock; what only turns a status is one conditional update and needs none.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_subjects
from authspine.kernel.validation import check_fields
from bookings import queries
from bookings.errors import InvalidTransition, SlotTaken
from bookings.models import Booking, Occupancy, Session
from bookings.rules import calendar, terms
from bookings.rules import status as status_rules
from clients.models import Client
from services.models import Service

OVERLAPS: dict[str, Any] = {"bookings_occupancy_no_overlap": SlotTaken, "bookings_session_once": SlotTaken}


def lock_calendar(professional_id: UUID, *, now: datetime) -> list[Booking]:
    """Queue up for a professional's time until the scope ends, and free what lapsed holds still occupy.

    Gives the bookings that expired by it, for their events. Waits at most for the scope's lock timeout.
    """
    lock_subjects([professional_id])
    lapsed = Booking.objects.filter(queries.lapsed(now), session__professional=professional_id)
    due = lapsed.select_related("session").order_by("hold_expires_at", "id")
    return [booking for booking in due if _expire(booking, now=now)]


def _expire(booking: Booking, *, now: datetime) -> bool:
    """The row follows its deadline, which is the time at which it expired; False if somebody was first."""
    changed = Booking.objects.filter(queries.lapsed(now), id=booking.id).update(
        status=Booking.Status.EXPIRED, closed_at=F("hold_expires_at"), updated_at=now, version=F("version") + 1
    )
    if changed:
        free_seat(booking.session_id)
    return bool(changed)


def hold(
    *,
    client: Client,
    service: Service,
    starts_at: datetime,
    now: datetime,
    notes: str = "",
    external_id: str | None = None,
) -> Booking:
    """Hold a seat until the vertical's hold minutes are over; price and policy are kept as they are now.

    Expects the calendar's lock. Raises SlotTaken when the time or the last seat is gone, Invalid.
    """
    vertical = service.professional.vertical
    policy = terms.policy_snapshot(
        hold_minutes=vertical.hold_minutes,
        min_notice_minutes=service.min_notice_minutes,
        cancellation_window_minutes=vertical.cancellation_window_minutes,
        cancellation_fee_bps=vertical.cancellation_fee_bps,
    )
    booking = Booking(
        id=new_id(),
        session=take_seat(service, starts_at, now=now),
        client=client,
        vertical=vertical,
        timezone=service.professional.timezone,
        total_cents=service.price_cents,
        deposit_cents=service.deposit_cents,
        currency=service.currency,
        policy=policy,
        hold_expires_at=terms.hold_deadline(now, policy["hold_minutes"]),
        notes=notes,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(booking, "notes", "external_id")
    booking.save(force_insert=True)
    return booking


def take_seat(service: Service, starts_at: datetime, *, now: datetime) -> Session:
    """One more seat in the session of this service at this time, which comes to be with its first seat.

    Expects the calendar's lock. Raises SlotTaken.
    """
    session = queries.open_session(service_id=service.id, professional_id=service.professional_id, starts_at=starts_at)
    if session is None:
        return _open_session(service, starts_at, now=now)
    free = Session.objects.filter(id=session.id, seats_taken__gt=0, seats_taken__lt=F("capacity"))
    if not free.update(seats_taken=F("seats_taken") + 1, updated_at=now):
        raise SlotTaken
    return session


def _open_session(service: Service, starts_at: datetime, *, now: datetime) -> Session:
    stamps = {"created_at": now, "updated_at": now}
    session = Session(
        service=service,
        professional=service.professional,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=service.duration_minutes),
        capacity=service.capacity,
        seats_taken=1,
        **stamps,
    )
    taken = calendar.occupied(queries.rules_of(service), starts_at)
    occupancy = Occupancy(
        session=session, subject=service.professional_id, starts_at=taken.start, ends_at=taken.end, **stamps
    )
    with refused_as(OVERLAPS):
        session.save(force_insert=True)
        occupancy.save(force_insert=True)
    return session


def free_seat(session_id: UUID) -> None:
    """Give one seat back; the time is free again when it was the last. Expects the calendar's lock."""
    Session.objects.filter(id=session_id).update(seats_taken=F("seats_taken") - 1)
    Occupancy.objects.filter(session=session_id, active=True, session__seats_taken=0).update(active=False)


def _move(booking: Booking, to: status_rules.Status, *, now: datetime, **fields: Any) -> None:
    """Turn the status if the table of moves allows it now: one conditional update. Raises InvalidTransition."""
    sources = [queries.stored_status(source) for source in status_rules.sources(to)]
    changed = (
        Booking.objects.filter(id=booking.id, status__in=sources)
        .exclude(queries.lapsed(now))
        .update(status=queries.stored_status(to), updated_at=now, version=F("version") + 1, **fields)
    )
    booking.refresh_from_db(fields=["status", "hold_expires_at", "updated_at", "version", *fields])
    if not changed:
        raise InvalidTransition(status=booking.status_at(now), to=to)


def confirm(booking: Booking, *, now: datetime) -> None:
    """held -> confirmed. A confirm within the hold's life always succeeds. Raises InvalidTransition."""
    _move(booking, status_rules.Status.CONFIRMED, now=now, confirmed_at=now)


def cancel(booking: Booking, *, by: str, reason: str, now: datetime) -> None:
    """held or confirmed -> cancelled; the seat is free at once. Expects the calendar's lock.

    Raises InvalidTransition, Invalid.
    """
    booking.cancelled_by, booking.cancellation_reason = by, reason
    check_fields(booking, "cancelled_by", "cancellation_reason")
    _move(
        booking,
        status_rules.Status.CANCELLED,
        now=now,
        closed_at=now,
        cancelled_by=by,
        cancellation_reason=reason,
    )
    free_seat(_seat_of(booking))


def complete(booking: Booking, *, now: datetime) -> None:
    """confirmed -> completed. The time stays occupied: completing early frees nothing. Raises InvalidTransition."""
    _move(booking, status_rules.Status.COMPLETED, now=now, closed_at=now)


def mark_no_show(booking: Booking, *, now: datetime) -> None:
    """confirmed -> no_show. The time was kept, so it stays occupied. Raises InvalidTransition."""
    _move(booking, status_rules.Status.NO_SHOW, now=now, closed_at=now)


def give_up_time(booking: Booking, *, now: datetime) -> Booking:
    """First half of a reschedule: free the old seat, so that the new time may overlap the old one.

    Gives the booking as it is under the lock.
    Expects the calendar's lock; the scope's rollback gives the seat back when no new one is found.
    Raises InvalidTransition.
    """
    fresh = queries.get(booking.id, now=now)
    status = fresh.status_at(now)
    if status not in status_rules.RESCHEDULABLE:
        raise InvalidTransition(status=status, to="rescheduled")
    free_seat(fresh.session_id)
    return fresh


def take_new_time(booking: Booking, service: Service, starts_at: datetime, *, now: datetime) -> None:
    """Second half of a reschedule: a seat at the new time for the same booking.

    Raises SlotTaken, and InvalidTransition when the booking was completed or missed in the meantime.
    """
    session = take_seat(service, starts_at, now=now)
    movable = [queries.stored_status(status) for status in status_rules.RESCHEDULABLE]
    moved = Booking.objects.filter(id=booking.id, status__in=movable).exclude(queries.lapsed(now))
    if not moved.update(session=session, updated_at=now, version=F("version") + 1):
        booking.refresh_from_db(fields=["status", "hold_expires_at"])
        raise InvalidTransition(status=booking.status_at(now), to="rescheduled")


def _seat_of(booking: Booking) -> UUID:
    # Read again under the lock: the booking may have been rescheduled since it was found.
    return Booking.objects.values_list("session", flat=True).get(id=booking.id)
