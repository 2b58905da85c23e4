"""Reads of bookings, and of what binds a professional: everything that slots are decided on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from authspine.kernel.prepared import Prepared
from bookings.errors import BookingNotFound, TooManyBookings, TooManyHolds, TooManyLapses
from bookings.models import WAITING, Booking, Occupancy
from bookings.rules.status import LAPSES, OPEN
from bookings.rules.terms import Policy

# For so long a hold that lapsed is held against its client.
LAPSES_WITHIN: Final = timedelta(hours=1)
# As many holds that were given back before they were confirmed count as one that lapsed.
GIVEN_BACK_PER_LAPSE: Final = 2
# Who gives back for a client: its own link, and what books for it by a key. Staff mend what they have typed.
CLIENTS_OWN: Final = ("client", "key")
RELATED = ("session__service", "session__professional", "client", "vertical")


def lapsed(now: datetime) -> Q:
    """Holds and requests past their deadline: they read as expired or declined before their rows follow."""
    # The list of the partial index, to the letter: the planner proves no other.
    return Q(status__in=WAITING, hold_expires_at__lte=now)


def lapsed_of(subjects: Sequence[UUID], *, now: datetime) -> list[Booking]:
    """Those that bind one of these subjects, in the order of their deadlines, each with its session."""
    return _LAPSED_OF(subjects=list(subjects), now=now)


_LAPSED_OF: Final = Prepared(
    lambda subjects, now: (
        Booking.objects.filter(lapsed(now), session__occupancies__subject__among=subjects)
        .select_related("session")
        .order_by("hold_expires_at", "id")
        .distinct()
    ),
    subjects=list,
    now=datetime,
)


def listed(now: datetime) -> QuerySet[Booking]:
    """Every booking, newest first, with `reads_as`: its stored status as it reads at `now`."""
    return (
        Booking.objects.select_related(*RELATED)
        .annotate(
            reads_as=Case(
                *(
                    When(status=stored_status(waiting), hold_expires_at__lte=now, then=Value(stored_status(gone)))
                    for waiting, gone in LAPSES.items()
                ),
                default=F("status"),
                output_field=CharField(),
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
    found = _GET(id=booking_id, now=now)
    if not found:
        raise BookingNotFound(field=field)
    return found[0]


_GET: Final = Prepared(lambda id, now: listed(now).filter(id=id).order_by(), id=UUID, now=datetime)


def client_has_any(client_id: UUID) -> bool:
    return Booking.objects.filter(client=client_id).exists()


class Kept(NamedTuple):
    """What a client keeps of the calendars: holds and requests that wait, live bookings that are still to begin, and
    holds that lately have lapsed or were given back. Nobody else could have the time of those, either.
    """

    waiting: int
    ahead: int
    lapsed: int
    given_back: int


def kept_by(client_id: UUID, *, now: datetime) -> Kept:
    """As it is now, also where a row does not follow its deadline yet. A request that nobody answered is not a lapse:
    the client has not let it go.
    """
    live = Q(status__in=[*map(stored_status, OPEN)]) & ~lapsed(now)
    gone = Q(status=Booking.Status.EXPIRED) | (lapsed(now) & Q(status=Booking.Status.HELD))
    lately = gone & Q(hold_expires_at__gt=now - LAPSES_WITHIN)
    given_back = Q(
        status=Booking.Status.CANCELLED,
        confirmed_at=None,
        closed_at__gt=now - LAPSES_WITHIN,
        cancelled_by__in=CLIENTS_OWN,
    )
    counted = Booking.objects.filter(live | lately | given_back, client=client_id).aggregate(
        waiting=Count("id", filter=live & Q(status__in=WAITING)),
        ahead=Count("id", filter=live & Q(session__starts_at__gt=now)),
        lapsed=Count("id", filter=lately),
        given_back=Count("id", filter=given_back),
    )
    return Kept(**counted)


def check_client(client_id: UUID, policy: Policy, *, now: datetime) -> None:
    """Whether a client may have one more. Expects the client's lock, so that no two are decided on one count.

    Where the vertical and the service say nothing of holds at a time, the installation does, and always of those that
    lapse or are given back: whoever holds times again and again without taking one waits. Raises TooManyHolds,
    TooManyLapses, TooManyBookings.
    """
    kept = kept_by(client_id, now=now)
    if kept.waiting >= (policy["max_open_holds"] or settings.MAX_OPEN_HOLDS):
        raise TooManyHolds
    if kept.lapsed + kept.given_back // GIVEN_BACK_PER_LAPSE >= settings.MAX_LAPSES:
        raise TooManyLapses
    most_ahead = policy["max_future_bookings"]
    if most_ahead is not None and kept.ahead >= most_ahead:
        raise TooManyBookings


def live_between(professional_id: UUID, since: datetime, until: datetime, *, now: datetime) -> QuerySet[Booking]:
    """What of a professional's bookings that start in [since, until) is still to come, in order of time."""
    found = listed(now).filter(session__professional=professional_id, status__in=map(stored_status, OPEN))
    near = found.filter(session__starts_at__gte=since, session__starts_at__lt=until).exclude(lapsed(now))
    return near.order_by("session__starts_at", "id")


def bound_subjects(session_id: UUID) -> set[UUID]:
    """Whose time a session takes: its professional's and its resources'."""
    return set(Occupancy.objects.filter(session=session_id, active=True).values_list("subject", flat=True))


def bound_between(professional_id: UUID, since: datetime, until: datetime) -> set[UUID]:
    """Whose time the sessions of a professional that start in [since, until) take."""
    near = Occupancy.objects.filter(active=True, session__professional=professional_id)
    found = near.filter(session__starts_at__gte=since, session__starts_at__lt=until)
    return set(found.values_list("subject", flat=True))


def professionals_with_lapsed_holds(now: datetime) -> list[UUID]:
    """Whose calendars have holds or requests that are past their deadline."""
    return list(Booking.objects.filter(lapsed(now)).values_list("session__professional", flat=True).distinct())


def bound_by_lapsed_holds(now: datetime) -> set[UUID]:
    """Whose time the holds and requests that are past their deadline still take."""
    sessions = Booking.objects.filter(lapsed(now)).values("session")
    return set(Occupancy.objects.filter(session__in=sessions, active=True).values_list("subject", flat=True))
