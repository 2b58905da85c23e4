"""Who offers what, when they work and what it takes: everything of a slot but who has the time, in one statement.

The parts of a professional's week come as JSON that the database builds, so that their number costs no round trips.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from authspine.kernel.intervals import Interval
from bookings.models import LONGEST_OCCUPANCY
from bookings.rules.calendar import Period, ServiceRules
from bookings.rules.resources import ResourceCalendar
from professionals.models import (
    Closure,
    HolidayCalendar,
    HoursOverride,
    Professional,
    TimeOff,
    TravelPeriod,
    WorkingHours,
)
from professionals.rules import holidays, verification
from professionals.rules.working_hours import ALWAYS, Dates, Override, Place, Schedule, Travel, WeeklyWindow
from services.models import Downtime, Offer, Option, Requirement, Service

type Told = Mapping[str, Any]

# Dates of closures and holidays are looked up a little beyond what is asked: zones differ by a day, windows reach over.
MARGIN = timedelta(days=3)


@dataclass(frozen=True)
class Offered:
    """A service by one professional, with the hours in which it can be had. Resources know nothing of bookings yet."""

    offer: Offer
    schedule: Schedule
    time_off: list[Period]
    needs: list[list[ResourceCalendar]]

    @property
    def service(self) -> Service:
        service: Service = self.offer.service
        return service

    @property
    def professional_id(self) -> UUID:
        return self.offer.professional_id

    @property
    def duration_minutes(self) -> int:
        return self.offer.duration_minutes or self.service.duration_minutes

    @property
    def price_cents(self) -> int:
        return self.service.price_cents if self.offer.price_cents is None else self.offer.price_cents

    @property
    def rules(self) -> ServiceRules:
        """What the service asks of a slot when this professional gives it."""
        service = self.service
        return ServiceRules(
            duration_minutes=self.duration_minutes,
            slot_interval_minutes=service.slot_interval_minutes,
            slot_offset_minutes=service.slot_offset_minutes,
            buffer_before_minutes=service.buffer_before_minutes,
            buffer_after_minutes=service.buffer_after_minutes,
            min_notice_minutes=service.min_notice_minutes,
            horizon_days=service.horizon_days,
            bookable=Dates(service.bookable_from or ALWAYS.first, service.bookable_to or ALWAYS.last),
            capacity=service.capacity,
        )

    @property
    def is_offered(self) -> bool:
        return self.offer.active and self.service.active and self.offer.professional.deleted_at is None

    @property
    def is_verified(self) -> bool:
        """Whether the professional is verified where the vertical demands it."""
        professional = self.offer.professional
        return verification.may_take_bookings(
            requires_verification=professional.vertical.requires_verification, verified_at=professional.verified_at
        )

    @property
    def subjects(self) -> set[UUID]:
        """Whose time decides: the professional's, and that of every resource that may be needed."""
        return {self.professional_id} | {one.id for need in self.needs for one in need}


def offered(offers: QuerySet[Offer], since: datetime, until: datetime) -> list[Offered]:
    """These offers with all that decides their starts in [since, until) but bookings. One statement."""
    span = Interval(since - LONGEST_OCCUPANCY, until + LONGEST_OCCUPANCY)
    near = Dates((since - MARGIN).date(), (until + MARGIN).date())
    rows = offers.select_related("service", "professional__vertical").annotate(
        off=_periods(TimeOff.objects.filter(professional=OuterRef("professional_id")), span),
        requirements=_requirements(span),
        **_hours(OuterRef("professional_id"), near),
    )
    return [_told_as(row, near) for row in rows]


def schedule(professional: Professional, since: datetime, until: datetime) -> Schedule:
    """When a professional works, wherever, as far as it bears on [since, until). One statement."""
    near = Dates((since - MARGIN).date(), (until + MARGIN).date())
    row = Professional.objects.annotate(**_hours(OuterRef("id"), near)).get(id=professional.id)
    return _schedule(row, row.timezone, near, location=None)


def _hours(professional: OuterRef, near: Dates) -> dict[str, ArraySubquery]:
    """What a schedule is made of, for whomever the outer statement names."""
    return {
        "weekly": _weekly(professional),
        "overrides": _overrides(professional, near),
        "travels": _travels(professional, near),
        "closures": _closures(near),
        "calendars": _array(HolidayCalendar.objects.all(), place="location_id", country="country", region="region"),
    }


def _array(rows: QuerySet[Any], **fields: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(json=JSONObject(**fields)))


def _weekly(professional: OuterRef) -> ArraySubquery:
    rows = WorkingHours.objects.filter(professional=professional)
    return _array(
        rows.order_by("weekday", "start_minute", "id"),
        weekday="weekday",
        start="start_minute",
        end="end_minute",
        first="valid_from",
        last="valid_to",
        place="location_id",
        zone="location__timezone",
    )


def _overrides(professional: OuterRef, near: Dates) -> ArraySubquery:
    rows = HoursOverride.objects.filter(professional=professional, date__range=near)
    return _array(rows.order_by("date"), on="date", ranges="ranges", place="location_id", zone="location__timezone")


def _travels(professional: OuterRef, near: Dates) -> ArraySubquery:
    rows = TravelPeriod.objects.filter(professional=professional, starts_on__lte=near.last, ends_on__gte=near.first)
    return _array(rows.order_by("starts_on"), first="starts_on", last="ends_on", zone="timezone")


def _closures(near: Dates) -> ArraySubquery:
    rows = Closure.objects.filter(starts_on__lte=near.last, ends_on__gte=near.first)
    return _array(rows.order_by("starts_on", "id"), place="location_id", first="starts_on", last="ends_on")


def _periods[M: Model](rows: QuerySet[M], span: Period) -> ArraySubquery:
    near = rows.filter(starts_at__lt=span.end, ends_at__gt=span.start).order_by("starts_at", "id")
    return _array(near, start="starts_at", end="ends_at")


def _requirements(span: Period) -> ArraySubquery:
    options = Option.objects.filter(requirement=OuterRef("id"), resource__active=True).order_by("position", "id")
    down = _periods(Downtime.objects.filter(resource=OuterRef("resource_id")), span)
    told = _array(options, id="resource_id", zone="resource__timezone", hours="resource__hours", down=down)
    return _array(Requirement.objects.filter(service=OuterRef("service_id")).order_by("position"), options=told)


def _told_as(row: Any, near: Dates) -> Offered:
    needs = [[_resource(one) for one in told["options"]] for told in row.requirements]
    hours = _schedule(row, row.professional.timezone, near, location=row.service.location_id)
    return Offered(row, hours, _intervals(row.off), needs)


def _schedule(row: Any, timezone: str, near: Dates, *, location: UUID | None) -> Schedule:
    """From what `_hours` has added to a row; with a location only what holds there, and what closes it closes all."""
    at, here = _Places(row.closures, row.calendars, near), str(location) if location else None
    windows = (one for one in row.weekly if _is_at(one, location))
    return Schedule(
        timezone,
        tuple(
            WeeklyWindow(one["weekday"], one["start"], one["end"], _dates(one, ALWAYS), at.place(one))
            for one in windows
        ),
        tuple(
            Override(
                date.fromisoformat(one["on"]),
                tuple(map(tuple, one["ranges"])) if _is_at(one, location) else (),
                at.place(one),
            )
            for one in row.overrides
        ),
        tuple(Travel(_dates(one, ALWAYS), one["zone"]) for one in row.travels),
        at.closed(here),
        at.holidays(here),
    )


def _is_at(told: Told, location: UUID | None) -> bool:
    """A service with a location is given in its windows and in those that have none."""
    return location is None or told["place"] is None or told["place"] == str(location)


class _Places:
    """The closures and holidays of the whole business, and of each location with them."""

    def __init__(self, closures: Sequence[Told], calendars: Sequence[Told], near: Dates) -> None:
        self._closures, self._calendars, self._near = closures, calendars, near

    def closed(self, place: str | None) -> tuple[Dates, ...]:
        return tuple(_dates(one, ALWAYS) for one in self._closures if one["place"] in (None, place))

    def holidays(self, place: str | None) -> frozenset[date]:
        kept = (one for one in self._calendars if one["place"] in (None, place))
        return frozenset(
            on for one in kept for on in holidays.dates_between(one["country"], one["region"], *self._near)
        )

    def place(self, told: Told) -> Place | None:
        id = told["place"]
        return Place(UUID(id), told["zone"], self.closed(id), self.holidays(id)) if id else None


def _dates(told: Told, unbounded: Dates) -> Dates:
    first, last = told["first"], told["last"]
    return Dates(
        date.fromisoformat(first) if first else unbounded.first, date.fromisoformat(last) if last else unbounded.last
    )


def _intervals(told: Iterable[Told]) -> list[Period]:
    return [Interval(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])) for one in told]


def _resource(told: Told) -> ResourceCalendar:
    weekly = tuple(WeeklyWindow(*window) for window in told["hours"])
    schedule = Schedule(told["zone"], weekly) if weekly else None
    return ResourceCalendar(UUID(told["id"]), schedule, _intervals(told["down"]))
