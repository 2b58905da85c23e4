"""Changes to where and when the business is open: locations, closures, holiday calendars. Run inside a scope."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.validation import check_fields, check_rule
from professionals import queries
from professionals.actions.periods import check_period
from professionals.errors import (
    ClosureNotFound,
    HolidayCalendarExists,
    HolidayCalendarNotFound,
    LocationNotFound,
)
from professionals.models import Closure, HolidayCalendar, Location
from professionals.rules.holidays import check_calendar, check_country


def open_location(*, name: str, timezone: str, now: datetime, **optional: Any) -> Location:
    """Make a location. Raises Invalid."""
    location = Location(id=new_id(), name=name, timezone=timezone, created_at=now, updated_at=now, **optional)
    check_fields(location)
    location.save(force_insert=True)
    return location


def update_location(location: Location, *, now: datetime, **changes: Any) -> Location:
    """Change what is named in `changes`, of the row as it is now. Raises Invalid, LocationNotFound. Locks it."""
    lock_row(location, queries.locations(), missing=LocationNotFound)
    for field, value in changes.items():
        setattr(location, field, value)
    location.updated_at = now
    check_fields(location)
    location.save(update_fields=[*changes, "updated_at"])
    return location


def delete_location(location: Location, *, now: datetime) -> bool:
    """Remove a location, or make it inactive when anything refers to it; False when it was inactive and stays.

    Who refers to it is the database's to say: whatever has a foreign key to it, in any app, also a row that is being
    written at this moment.
    """
    lock_row(location, Location.objects.all(), missing=LocationNotFound)
    try:
        with transaction.atomic():
            location.delete()
    except IntegrityError:  # also ProtectedError, which is Django's own look before the database's
        return bool(Location.objects.filter(id=location.id, active=True).update(active=False, updated_at=now))
    return True


def close_dates(
    *, starts_on: date, ends_on: date, location: Location | None, now: datetime, **optional: Any
) -> Closure:
    """Close the business, or one location, on these dates, the last one included. Bookings stay. Raises Invalid."""
    check_period(starts_on, ends_on)
    stamps = {"created_at": now, "updated_at": now}
    closure = Closure(id=new_id(), location=location, starts_on=starts_on, ends_on=ends_on, **stamps, **optional)
    check_fields(closure)
    closure.save(force_insert=True)
    return closure


def open_dates(closure: Closure) -> None:
    """Raises ClosureNotFound. Locks the closure."""
    lock_row(closure, Closure.objects.all(), missing=ClosureNotFound)
    closure.delete()


def add_holiday_calendar(
    *, country: str, region: str = "", location: Location | None, now: datetime, **optional: Any
) -> HolidayCalendar:
    """Keep the public holidays of a country or region, everywhere or at one location.

    Raises Invalid, HolidayCalendarExists.
    """
    check_rule(check_country, country, field="country")
    check_rule(check_calendar, country, region, field="region")
    stamps = {"created_at": now, "updated_at": now}
    calendar = HolidayCalendar(id=new_id(), location=location, country=country, region=region, **stamps, **optional)
    check_fields(calendar)
    with refused_as({"professionals_holidaycalendar_once": HolidayCalendarExists}):
        calendar.save(force_insert=True)
    return calendar


def remove_holiday_calendar(calendar: HolidayCalendar) -> None:
    """Raises HolidayCalendarNotFound. Locks the calendar."""
    lock_row(calendar, HolidayCalendar.objects.all(), missing=HolidayCalendarNotFound)
    calendar.delete()
