"""Changes to when a professional works: the week, single dates, time off, travel. Run inside an organization scope."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.validation import check_fields
from professionals import queries
from professionals.actions.periods import check_period
from professionals.errors import (
    HoursOverlap,
    OutOfOrder,
    ProfessionalNotFound,
    TimeOffNotFound,
    TravelNotFound,
    TravelOverlap,
)
from professionals.models import HoursOverride, Professional, TimeOff, TravelPeriod, WorkingHours
from professionals.rules.weeks import DayHours, Range, Window, overlapping_range, overlapping_windows

type WeekWindow = Window | tuple[int, int, int]
type DayRanges = Sequence[Range]


def set_working_hours(
    professional: Professional,
    *,
    timezone: str,
    weekly: Sequence[WeekWindow],
    overrides: Mapping[date, DayHours | DayRanges],
    now: datetime,
) -> None:
    """Replace the professional's zone, weekly windows and date overrides by these.

    Raises Invalid, HoursOverlap, LocationNotFound, ProfessionalNotFound. Locks the professional: of two at once the
    last one's hours are kept, whole.
    """
    windows = [Window(*window) for window in weekly]
    days = {on: day if isinstance(day, DayHours) else DayHours(tuple(day)) for on, day in overrides.items()}
    _check_days(days)
    lock_row(professional, queries.present(), missing=ProfessionalNotFound)
    if Counter(windows) != Counter(map(as_window, queries.working_hours([professional.id]))):
        # What stands already may be imported history, which must not forbid a change of something else.
        _check_week(windows)
    _check_places(windows, days)
    if professional.timezone != timezone:
        professional.timezone, professional.updated_at = timezone, now
        check_fields(professional, "timezone")
        professional.save(update_fields=["timezone", "updated_at"])
    _replace(professional, windows, days, now=now)


def as_window(row: WorkingHours) -> Window:
    """A stored window as it is set."""
    return Window(row.weekday, row.start_minute, row.end_minute, row.location_id, row.valid_from, row.valid_to)


def _check_week(weekly: Sequence[Window]) -> None:
    for place, window in enumerate(weekly):
        if window.valid_from and window.valid_to and window.valid_to < window.valid_from:
            raise OutOfOrder("valid_to", "valid_from", within=f"weekly.{place}.")
    if found := overlapping_windows(weekly):
        first, second = found
        raise HoursOverlap(f"This window overlaps number {first + 1} of the week.", field=f"weekly.{second}")


def _check_days(days: Mapping[date, DayHours]) -> None:
    for place, (on, day) in enumerate(days.items()):
        if found := overlapping_range(day.ranges):
            field = f"overrides.{place}.ranges.{found}"
            raise HoursOverlap(f"This range overlaps an earlier one of {on}.", field=field)


def _check_places(weekly: Sequence[Window], days: Mapping[date, DayHours]) -> None:
    wanted = {f"weekly.{place}.location": window.location for place, window in enumerate(weekly)}
    wanted |= {f"overrides.{place}.location": day.location for place, day in enumerate(days.values())}
    queries.check_locations({field: location for field, location in wanted.items() if location})


def _replace(
    professional: Professional, weekly: Sequence[Window], days: Mapping[date, DayHours], *, now: datetime
) -> None:
    WorkingHours.objects.filter(professional=professional).delete()
    HoursOverride.objects.filter(professional=professional).delete()
    stamps = {"professional": professional, "created_at": now, "updated_at": now}
    WorkingHours.objects.bulk_create(
        WorkingHours(
            weekday=window.weekday,
            start_minute=window.start_minute,
            end_minute=window.end_minute,
            location_id=window.location,
            valid_from=window.valid_from,
            valid_to=window.valid_to,
            **stamps,
        )
        for window in weekly
    )
    HoursOverride.objects.bulk_create(
        HoursOverride(date=on, location_id=day.location, ranges=[list(pair) for pair in day.ranges], **stamps)
        for on, day in days.items()
    )


def take_time_off(
    professional: Professional,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    external_id: str | None = None,
    now: datetime,
) -> TimeOff:
    """Close a period. Bookings in it stay: they are moved or cancelled on purpose.

    Raises Invalid, ProfessionalNotFound. Locks the professional: nothing is sealed under the key of somebody who is
    erased meanwhile.
    """
    lock_row(professional, queries.present(), missing=ProfessionalNotFound)
    period = TimeOff(
        id=new_id(),
        professional=professional,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(period)
    period.save(force_insert=True)
    return period


def end_time_off(period: TimeOff) -> None:
    """Open a period again. Raises TimeOffNotFound. Locks the period."""
    lock_row(period, TimeOff.objects.all(), missing=TimeOffNotFound)
    period.delete()


def travel(
    professional: Professional,
    *,
    timezone: str,
    starts_on: date,
    ends_on: date,
    external_id: str | None = None,
    now: datetime,
) -> TravelPeriod:
    """Let a professional work by another zone's clock on these dates, the last one included. Bookings stay.

    Raises Invalid, TravelOverlap, ProfessionalNotFound. Locks the professional, so that of two at once the second one
    is told, and neither waits for the other.
    """
    check_period(starts_on, ends_on)
    lock_row(professional, queries.present(), missing=ProfessionalNotFound)
    period = TravelPeriod(
        id=new_id(),
        professional=professional,
        timezone=timezone,
        starts_on=starts_on,
        ends_on=ends_on,
        external_id=external_id,
        created_at=now,
        updated_at=now,
    )
    check_fields(period)
    with refused_as({"professionals_travelperiod_no_overlap": TravelOverlap}):
        period.save(force_insert=True)
    return period


def end_travel(period: TravelPeriod) -> None:
    """Raises TravelNotFound. Locks the period."""
    lock_row(period, TravelPeriod.objects.all(), missing=TravelNotFound)
    period.delete()
