"""Whether one start can be had by one offer, asked under the lock of its calendars, and who gives it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, NoReturn
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet

from authspine.kernel import times
from authspine.kernel.prepared import Prepared
from bookings.errors import NotOffered, ProfessionalUnverified, ServiceInactive, refused
from bookings.models import Booking, Occupancy
from bookings.queries.bookings import lapsed, stored_status
from bookings.queries.calendars import calendars
from bookings.queries.offered import Offered, offered
from bookings.rules import refusals, resources
from bookings.rules.status import OCCUPYING
from professionals import queries as professional_queries
from professionals.rules import policies
from services import queries as service_queries
from services.models import Offer, Option

MOMENT = timedelta(microseconds=1)
# "Least booked" looks at the sessions that start so long before and after.
AROUND = timedelta(days=3)
SEATED: Final = sorted(map(stored_status, OCCUPYING))


@dataclass(frozen=True)
class Candidate:
    """An offer by its id, and whose time must be locked before it is decided about."""

    offer: UUID
    professional: UUID
    subjects: frozenset[UUID]


@dataclass(frozen=True)
class Place:
    """What a hold takes: a seat of a session that is there, or a new session with these resources."""

    offered: Offered
    starts_at: datetime
    session: UUID | None
    resources: Sequence[UUID]


def candidates(service: UUID, *, professional: UUID | None, starts_at: datetime, now: datetime) -> list[Candidate]:
    """Who may give a service: this professional, else everybody by priority, then by who is least booked then.

    One statement, two where there is a choice. Raises ServiceNotFound, ProfessionalNotFound, NotOffered,
    ServiceInactive. Nothing is decided: who is found must be looked at again under the locks.
    """
    found = list(_offers(service, professional))
    live = [row for row in found if row.active]
    if not live:
        _explain_nobody(service, professional, known=bool(found))
    if len(live) > 1:
        booked = _booked([row.professional for row in live], starts_at, now)
        live.sort(key=lambda row: (row.priority, booked.get(row.professional, 0), str(row.professional)))
    return [_candidate(row) for row in live]


class _Row(NamedTuple):
    offer: UUID
    professional: UUID
    needed: list[UUID]
    priority: int
    active: bool


def _offers(service: UUID, professional: UUID | None) -> Iterator[_Row]:
    found = _OF_SERVICE(service=service)
    return (row for row in map(_Row._make, found) if professional in (None, row.professional))


def _of_service(service: UUID) -> QuerySet[Offer, tuple[Any, ...]]:
    needed = Option.objects.filter(requirement__service=OuterRef("service_id")).values("resource_id")
    rows = Offer.objects.filter(service__id=service, professional__deleted_at=None)
    told = rows.annotate(needed=ArraySubquery(needed)).order_by("priority", "professional_id")
    return told.values_list("id", "professional_id", "needed", "priority", "active")


_OF_SERVICE: Final = Prepared(_of_service, service=UUID)


def _candidate(row: _Row) -> Candidate:
    return Candidate(row.offer, row.professional, frozenset({row.professional, *row.needed}))


def candidate(service: UUID, *, professional: UUID, withdrawn: bool = False) -> Candidate:
    """This professional as the giver of a service that somebody has booked; also a withdrawn one, where that will do.

    One statement. Raises ServiceNotFound, ProfessionalNotFound, NotOffered, ServiceInactive.
    """
    row = next(_offers(service, professional), None)
    if row is None or not (row.active or withdrawn):
        _explain_nobody(service, professional, known=row is not None)
    return _candidate(row)


def _explain_nobody(service: UUID, professional: UUID | None, *, known: bool) -> NoReturn:
    service_queries.get(service, field="service")
    if professional is not None and not known:
        professional_queries.get(professional, field="professional")
        raise NotOffered
    raise ServiceInactive


def _booked(professionals: Sequence[UUID], starts_at: datetime, now: datetime) -> dict[UUID, int]:
    """How many sessions each has near a time; those in which only what has lapsed sits are none."""
    seated = Booking.objects.filter(session=OuterRef("session"), status__in=SEATED).exclude(lapsed(now))
    near = Occupancy.objects.filter(
        Exists(seated),
        subject__in=professionals,
        active=True,
        starts_at__gt=starts_at - AROUND,
        starts_at__lt=starts_at + AROUND,
    )
    return dict(near.values_list("subject").annotate(sessions=Count("id")).order_by())


def look_at(candidate: Candidate, starts_at: datetime) -> Offered:
    """The candidate's offer as it is now, with what decides this start but bookings. One statement.

    Raises ServiceInactive when it went in the meantime.
    """
    found = offered(candidate.offer, starts_at, starts_at + MOMENT)
    if found is None:
        raise ServiceInactive
    return found


def policy_of(one: Offered) -> dict[str, int | None]:
    """The policy in force: the vertical's, and what differs from it for the service."""
    return policies.effective(one.offer.professional.vertical.policy_defaults(), one.service.policy)


def check_offer(one: Offered) -> None:
    """Raise ServiceInactive or ProfessionalUnverified when it cannot be booked at all."""
    if not one.is_offered:
        raise ServiceInactive
    if not one.is_verified:
        raise ProfessionalUnverified


def check_start(one: Offered, starts_at: datetime, *, now: datetime, override: bool = False) -> Place:
    """What a hold of this start takes. Raises the 409 of the first rule that forbids it.

    With `override` only a time or a resource that somebody else has does. One statement. Expects the locks of the
    offer's subjects, under which nothing that has lapsed is left.
    """
    calendar = calendars([one], starts_at, starts_at + MOMENT, now=now, swept=True)[0]
    if override:
        rule = refusals.taken(one.rules, calendar, starts_at)
    else:
        rule = refusals.refusal(one.rules, calendar, starts_at, now=now)
    if rule:
        raise refused(rule, code=refusals.CODES.get(rule, rule))
    joined = next((session.session for session in calendar.sessions if session.starts_at == starts_at), None)
    if joined:
        return Place(one, starts_at, joined, ())
    return Place(one, starts_at, None, resources.assign(calendar.needs, times.ticks(starts_at), one.rules.wanted) or ())
