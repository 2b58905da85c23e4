"""Changes to bookings, and to the sessions and occupancies under them. All run inside an organization scope.

Lock order: the calendars (advisory locks of professionals and resources, taken by `lock_calendars`, all at once), then
booking, then session. What takes or frees time expects those locks; what only turns a status is one conditional update
and needs none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Least

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.errors import Stale
from authspine.kernel.ids import new_id
from authspine.kernel.inserting import insert
from authspine.kernel.locks import lock_subjects
from authspine.kernel.validation import check_fields
from authspine.privacy.fields import sealed_values
from bookings import queries
from bookings.errors import InvalidTransition, MovedTooOften, SlotTaken, TooLateToMove
from bookings.models import Booking, Occupancy, Session
from bookings.queries import Place
from bookings.rules import calendar, terms
from bookings.rules import status as status_rules
from bookings.rules.status import Status
from clients.models import Client
from services.models import Service

OVERLAPS: Final[dict[str, Any]] = {"bookings_occupancy_no_overlap": SlotTaken, "bookings_session_once": SlotTaken}


def lock_calendars(subjects: Iterable[UUID], *, now: datetime) -> list[Booking]:
    """Queue up for the time of professionals and resources until the scope ends, and free what has lapsed there.

    Gives the bookings that expired or were declined by it, for their events. Waits at most for the scope's lock
    timeout.
    """
    wanted = sorted(subjects)
    lock_subjects(wanted)
    return [booking for booking in queries.lapsed_of(wanted, now=now) if _lapse(booking, now=now)]


def _lapse(booking: Booking, *, now: datetime) -> bool:
    """The row follows its deadline, which is the time at which it lapsed; False if somebody was first."""
    becomes = status_rules.LAPSES[Status(booking.public_status)]
    changed = Booking.objects.filter(queries.lapsed(now), id=booking.id, status=booking.status).update(
        status=queries.stored_status(becomes),
        closed_at=F("hold_expires_at"),
        updated_at=now,
        version=F("version") + 1,
    )
    if changed:
        booking.status = queries.stored_status(becomes)
        free_seat(booking.session_id)
    return bool(changed)


def hold(
    place: Place,
    *,
    client: Client,
    policy: terms.Policy,
    now: datetime,
    notes: str = "",
    external_id: str | None = None,
) -> Booking:
    """Take a place for a client until the policy's hold minutes are over, or until the staff must have answered.

    Price and policy are kept as they are now. Expects the calendars' locks. Raises SlotTaken, Invalid.
    """
    one, service = place.offered, place.offered.service
    kept = terms.policy_snapshot(policy, min_notice_minutes=service.min_notice_minutes)
    booking = Booking(
        id=new_id(),
        session=take_seat(place, now=now),
        client=client,
        vertical=one.offer.professional.vertical,
        timezone=one.offer.professional.timezone,
        status=Booking.Status.REQUESTED if service.requires_approval else Booking.Status.HELD,
        total_cents=one.price_cents,
        deposit_cents=min(service.deposit_cents, one.price_cents),
        currency=service.currency,
        policy=kept,
        hold_expires_at=_deadline(service, policy, place.starts_at, now),
        notes=notes,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(booking, "notes", "external_id")
    insert(booking)
    return booking


def _deadline(service: Service, policy: terms.Policy, starts_at: datetime, now: datetime) -> datetime:
    if service.requires_approval:
        return terms.approval_deadline(now, policy["approval_minutes"] or 0, starts_at=starts_at)
    return terms.hold_deadline(now, policy["hold_minutes"] or 0)


def take_seat(place: Place, *, now: datetime) -> Session:
    """One more seat in the session that is there, or a new session with its resources and its first seat.

    Expects the calendars' locks. Raises SlotTaken, after which the transaction, or its savepoint, is to be rolled back.
    """
    if place.session is None:
        return _open_session(place, now=now)
    free = Session.objects.filter(id=place.session, seats_taken__gt=0, seats_taken__lt=F("capacity"))
    if not free.update(seats_taken=F("seats_taken") + 1, updated_at=now):
        raise SlotTaken
    return Session.objects.get(id=place.session)


def _open_session(place: Place, *, now: datetime) -> Session:
    one, service = place.offered, place.offered.service
    stamps = {"created_at": now, "updated_at": now}
    session = Session(
        service=service,
        professional=one.offer.professional,
        starts_at=place.starts_at,
        ends_at=place.starts_at + timedelta(minutes=one.duration_minutes),
        location_id=service.location_id,
        capacity=service.capacity,
        seats_taken=1,
        **stamps,
    )
    taken = calendar.occupied(one.rules, place.starts_at)
    subjects = [one.professional_id, *place.resources]
    occupancies = [
        Occupancy(session=session, subject=subject, starts_at=taken.start, ends_at=taken.end, **stamps)
        for subject in subjects
    ]
    with refused_as(OVERLAPS, savepoint=False):
        insert(session, *occupancies)
    return session


def free_seat(session_id: UUID) -> None:
    """Give one seat back; the time is free again when it was the last. Expects the calendars' locks."""
    Session.objects.filter(id=session_id).update(seats_taken=F("seats_taken") - 1)
    Occupancy.objects.filter(session=session_id, active=True, session__seats_taken=0).update(active=False)


def _move(
    booking: Booking, to: Status, *, now: datetime, if_version: int | None, of: Status | None = None, **fields: Any
) -> None:
    """Turn the status if the table of moves allows it now (and it is `of`): one conditional update.

    It holds for the booking as it was read, which is read again under its lock when somebody else was quicker. With
    `if_version` only while it is what the caller has seen. Raises InvalidTransition, Stale.
    """
    sources = [queries.stored_status(source) for source in status_rules.sources(to) if of in (None, source)]
    if if_version in (None, booking.version) and _turn(booking, to, sources, now=now, **fields):
        return
    booking.refresh_from_db(from_queryset=Booking.objects.select_for_update(of=("self",), no_key=True))
    _check_version(booking, if_version)
    if not _turn(booking, to, sources, now=now, **fields):
        raise InvalidTransition(status=booking.status_at(now), to=to)


def _turn(
    booking: Booking, to: Status, sources: Sequence[str], *, now: datetime, waive_fee: bool = False, **fields: Any
) -> bool:
    """The update itself, on the row and on the booking at hand; False if the row is not what the booking says."""
    becomes = {"status": queries.stored_status(to), "updated_at": now, "version": booking.version + 1, **fields}
    if to in status_rules.FEES and not waive_fee:
        agreed = terms.Terms(booking.policy, booking.session.starts_at, booking.total_cents, booking.currency)
        becomes["fee_cents"] = agreed.fee(booking.public_status, to, at=now)
    movable = Booking.objects.filter(id=booking.id, version=booking.version, status__in=sources)
    if not movable.exclude(queries.lapsed(now)).update(**sealed_values(booking, **becomes)):
        return False
    for name, value in becomes.items():
        setattr(booking, name, value)
    return True


def _check_version(booking: Booking, if_version: int | None) -> None:
    if if_version is not None and booking.version != if_version:
        raise Stale


def confirm(booking: Booking, *, now: datetime, if_version: int | None = None) -> None:
    """held -> confirmed. Raises InvalidTransition, Stale.

    Within the hold's life it succeeds, unless it has to wait for a row that expires meanwhile: one of the two happens.
    """
    _move(booking, Status.CONFIRMED, of=Status.HELD, now=now, if_version=if_version, confirmed_at=now)


def approve(booking: Booking, *, now: datetime, if_version: int | None = None) -> None:
    """requested -> confirmed; -> held, with a hold's own time, where a deposit has to follow.

    Raises InvalidTransition, Stale.
    """
    if booking.deposit_cents:
        deadline = terms.hold_deadline(now, booking.policy["hold_minutes"])
        _move(booking, Status.HELD, now=now, if_version=if_version, hold_expires_at=deadline)
    else:
        _move(booking, Status.CONFIRMED, of=Status.REQUESTED, now=now, if_version=if_version, confirmed_at=now)


def decline(booking: Booking, *, by: str, reason: str, now: datetime, if_version: int | None = None) -> None:
    """requested -> declined; the seat is free at once. Expects the calendars' locks.

    Raises InvalidTransition, Invalid, Stale.
    """
    _give_up(booking, Status.DECLINED, by=by, reason=reason, now=now, if_version=if_version)


def cancel(
    booking: Booking, *, by: str, reason: str, now: datetime, waive_fee: bool = False, if_version: int | None = None
) -> None:
    """requested, held or confirmed -> cancelled; the seat is free at once. Expects the calendars' locks.

    A confirmed one owes its policy's fee, unless that is waived. Raises InvalidTransition, Invalid, Stale.
    """
    _give_up(booking, Status.CANCELLED, by=by, reason=reason, now=now, if_version=if_version, waive_fee=waive_fee)


def _give_up(booking: Booking, to: Status, *, by: str, reason: str, now: datetime, **more: Any) -> None:
    booking.cancelled_by, booking.cancellation_reason = by, reason
    check_fields(booking, "cancelled_by", "cancellation_reason")
    said: dict[str, Any] = {"cancelled_by": by, "cancellation_reason": reason}
    _move(booking, to, now=now, closed_at=now, **said, **more)
    free_seat(_seat_of(booking))


def complete(booking: Booking, *, now: datetime, if_version: int | None = None) -> None:
    """confirmed -> completed. The time stays occupied: completing early frees nothing.

    Raises InvalidTransition, Stale.
    """
    _move(booking, Status.COMPLETED, now=now, if_version=if_version, closed_at=now)


def mark_no_show(booking: Booking, *, now: datetime, if_version: int | None = None) -> None:
    """confirmed -> no_show, and owes its policy's fee. The time was kept, so it stays occupied.

    Raises InvalidTransition, Stale.
    """
    _move(booking, Status.NO_SHOW, now=now, if_version=if_version, closed_at=now)


def check_movable(booking: Booking, *, now: datetime, if_version: int | None = None) -> None:
    """Whether the booking may be given another time at all. Raises Stale, InvalidTransition."""
    _check_version(booking, if_version)
    status = booking.status_at(now)
    if status not in status_rules.RESCHEDULABLE:
        raise InvalidTransition(status=status, to="rescheduled")


def check_move_terms(booking: Booking, *, now: datetime) -> None:
    """Whether its own policy lets the booking be moved now. Raises TooLateToMove, MovedTooOften."""
    agreed = terms.Terms(booking.policy, booking.session.starts_at, booking.total_cents, booking.currency)
    if now > agreed.movable_until:
        raise TooLateToMove
    if agreed.moves_left(booking.reschedules) == 0:
        raise MovedTooOften


def take_new_time(booking: Booking, place: Place, *, now: datetime, if_version: int | None = None) -> None:
    """Second half of a reschedule, after `free_seat`: a seat at the new place for the same booking.

    Expects the calendars' locks; the scope's rollback gives the old seat back when no new one is found. A request's
    deadline stays, unless it now begins before that. What needs no lock may have come in the meantime: raises
    SlotTaken, InvalidTransition, Stale.
    """
    session = take_seat(place, now=now)
    movable = [queries.stored_status(status) for status in status_rules.RESCHEDULABLE]
    moved = Booking.objects.filter(id=booking.id, status__in=movable, session=booking.session_id)
    seen = moved if if_version is None else moved.filter(version=if_version)
    if not seen.exclude(queries.lapsed(now)).update(
        session=session,
        timezone=place.offered.offer.professional.timezone,
        hold_expires_at=_deadline_at(booking, place.starts_at, now),
        reschedules=F("reschedules") + 1,
        updated_at=now,
        version=F("version") + 1,
    ):
        booking.refresh_from_db(fields=["status", "hold_expires_at", "version"])
        _check_version(booking, if_version)
        raise InvalidTransition(status=booking.status_at(now), to="rescheduled")


def _deadline_at(booking: Booking, starts_at: datetime, now: datetime) -> Any:
    asks = booking.status == Booking.Status.REQUESTED and starts_at > now
    return Least(F("hold_expires_at"), starts_at) if asks else F("hold_expires_at")


def _seat_of(booking: Booking) -> UUID:
    # Read again under the lock: the booking may have been rescheduled since it was found.
    return Booking.objects.values_list("session", flat=True).get(id=booking.id)
