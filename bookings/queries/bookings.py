"""Reads of bookings, and of what binds a professional: everything that slots are decided on."""

from datetime import datetime
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from bookings.errors import BookingNotFound
from bookings.models import Booking, Session

RELATED = ("session__service", "session__professional", "client", "vertical")


def lapsed(now: datetime) -> Q:
    """Holds past their deadline: they read as expired before their rows follow."""
    return Q(status=Booking.Status.HELD, hold_expires_at__lte=now)


def listed(now: datetime) -> QuerySet[Booking]:
    """Every booking, newest first, with `reads_as`: its stored status as it reads at `now`."""
    return (
        Booking.objects.select_related(*RELATED)
        .annotate(
            reads_as=Case(
                When(lapsed(now), then=Value(Booking.Status.EXPIRED)), default=F("status"), output_field=CharField()
            )
        )
        .order_by("-created_at", "-id")
    )


def with_status(bookings: QuerySet[Booking], word: str) -> QuerySet[Booking]:
    """Those of `listed` that read as this public word."""
    return bookings.filter(Q(("reads_as", stored_status(word))))


def stored_status(word: str) -> str:
    """The stored value of a public word. Raises ValueError."""
    for status in Booking.Status:
        if status.label == word:
            return status.value
    raise ValueError(word)


def get(booking_id: UUID, *, now: datetime, field: str = "") -> Booking:
    """The booking with this id. Raises BookingNotFound, which names `field` when the id stood in a body."""
    booking = listed(now).filter(id=booking_id).first()
    if booking is None:
        raise BookingNotFound(field=field)
    return booking


def client_has_any(client_id: UUID) -> bool:
    return Booking.objects.filter(client=client_id).exists()


def open_session(*, service_id: UUID, professional_id: UUID, starts_at: datetime) -> Session | None:
    """The session of this service at this time that somebody still sits in."""
    return Session.objects.filter(
        service=service_id, professional=professional_id, starts_at=starts_at, seats_taken__gt=0
    ).first()


def professionals_with_lapsed_holds(now: datetime) -> list[UUID]:
    """Whose calendars have holds that are past their deadline, in the order of locks."""
    found = Booking.objects.filter(lapsed(now)).values_list("session__professional", flat=True)
    return sorted(found.distinct(), key=str)
