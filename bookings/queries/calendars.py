"""What is known of professionals' time, for many services at once, in a fixed number of statements.

Holds that have lapsed count as gone: their seats are free and, where nobody else sits, their time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from authspine.kernel.intervals import Interval
from bookings.models import LONGEST_OCCUPANCY, Booking, Occupancy, Session
from bookings.queries.bookings import lapsed
from bookings.rules.calendar import Calendar, Period, ServiceRules, SessionSeats, reach
from professionals import queries as professional_queries
from professionals.rules.working_hours import Override, Schedule, WeeklyWindow
from services.models import Service


def rules_of(service: Service) -> ServiceRules:
    """What a service asks of a slot."""
    return ServiceRules(
        duration_minutes=service.duration_minutes,
        slot_interval_minutes=service.slot_interval_minutes,
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        min_notice_minutes=service.min_notice_minutes,
        horizon_days=service.horizon_days,
        capacity=service.capacity,
    )


@dataclass(frozen=True)
class Lapsed:
    """How many lapsed seats a session still counts, and whether these are all it has."""

    seats: int
    everybody: bool


def calendars(
    services: Sequence[Service], since: datetime, until: datetime, *, now: datetime, swept: bool = False
) -> dict[UUID, Calendar]:
    """By service id, what decides its starts in [since, until): six statements, however many services.

    `swept` says that the calendar's lock is held, under which holds that had lapsed are gone: one statement less.
    """
    professionals = {service.professional_id for service in services}
    spans = [reach(rules_of(service), since, until) for service in services]
    span = Interval(min(one.start for one in spans), max(one.end for one in spans))
    gone = {} if swept else _lapsed_seats(professionals, now)
    schedules = _schedules(services)
    time_off, busy = _time_off(professionals, span), _busy(professionals, span, gone)
    sessions = _sessions(services, since, until, gone)
    return {
        service.id: Calendar(
            schedules[service.professional_id],
            time_off[service.professional_id],
            busy[service.professional_id],
            sessions[service.id],
        )
        for service in services
    }


def _schedules(services: Iterable[Service]) -> dict[UUID, Schedule]:
    zones = {service.professional_id: service.professional.timezone for service in services}
    weekly: defaultdict[UUID, list[WeeklyWindow]] = defaultdict(list)
    for hours in professional_queries.working_hours(zones):
        weekly[hours.professional_id].append(WeeklyWindow(hours.weekday, hours.start_minute, hours.end_minute))
    overrides: defaultdict[UUID, list[Override]] = defaultdict(list)
    for override in professional_queries.overrides(zones):
        overrides[override.professional_id].append(Override(override.date, tuple(map(tuple, override.ranges))))
    return {one: Schedule(zone, tuple(weekly[one]), tuple(overrides[one])) for one, zone in zones.items()}


def _time_off(professionals: Iterable[UUID], span: Period) -> dict[UUID, list[Period]]:
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    for period in professional_queries.time_off_between(professionals, span.start, span.end):
        found[period.professional_id].append(Interval(period.starts_at, period.ends_at))
    return found


def _lapsed_seats(professionals: Iterable[UUID], now: datetime) -> dict[UUID, Lapsed]:
    rows = (
        Booking.objects.filter(lapsed(now), session__professional__in=list(professionals))
        .values_list("session", "session__seats_taken")
        .annotate(seats=Count("id"))
        .order_by()
    )
    return {session: Lapsed(seats, everybody=seats >= taken) for session, taken, seats in rows}


def _busy(professionals: Iterable[UUID], span: Period, gone: dict[UUID, Lapsed]) -> dict[UUID, list[Period]]:
    """What occupies each, from the index of starts: nothing that began before the longest occupancy can reach in."""
    rows = Occupancy.objects.filter(
        subject__in=list(professionals),
        active=True,
        starts_at__gt=span.start - LONGEST_OCCUPANCY,
        starts_at__lt=span.end,
        ends_at__gt=span.start,
    ).values_list("subject", "session", "starts_at", "ends_at")
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    for subject, session, starts_at, ends_at in rows:
        if not (session in gone and gone[session].everybody):
            found[subject].append(Interval(starts_at, ends_at))
    return found


def _sessions(
    services: Iterable[Service], since: datetime, until: datetime, gone: dict[UUID, Lapsed]
) -> dict[UUID, list[SessionSeats]]:
    rows = Session.objects.filter(
        service__in=[service.id for service in services], starts_at__gte=since, starts_at__lt=until, seats_taken__gt=0
    ).values_list("id", "service", "starts_at", "ends_at", "capacity", "seats_taken")
    found: defaultdict[UUID, list[SessionSeats]] = defaultdict(list)
    for session, service, starts_at, ends_at, capacity, taken in rows:
        lapsed_here = gone.get(session, Lapsed(0, everybody=False))
        if not lapsed_here.everybody:
            found[service].append(SessionSeats(starts_at, capacity - taken + lapsed_here.seats, ends_at))
    return found
