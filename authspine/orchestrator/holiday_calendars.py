"""Journeys of holiday calendars: whose public holidays the business, or one location, keeps."""

from typing import Any
from uuid import UUID

from analytics import actions as event_actions
from authspine.kernel import clock
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.models import HolidayCalendar


def create(*, country: str, location: UUID | None = None, **optional: Any) -> HolidayCalendar:
    """Keep a country's holidays: 1. the location, if one is named; 2. the calendar; 3. `holiday_calendar.created`.

    Optional: region, external_id. Raises Invalid, HolidayCalendarExists, LocationNotFound (field `location`).
    """
    now = clock.now()
    place = professional_queries.location(location, field="location") if location else None
    calendar = professional_actions.add_holiday_calendar(country=country, location=place, now=now, **optional)
    event_actions.record("holiday_calendar.created", data={"holidayCalendarId": str(calendar.id)}, now=now)
    return calendar


def delete(calendar_id: UUID) -> None:
    """Keep these holidays no longer: 1. find; 2. remove; 3. `holiday_calendar.deleted`."""
    now = clock.now()
    professional_actions.remove_holiday_calendar(professional_queries.holiday_calendar(calendar_id))
    event_actions.record("holiday_calendar.deleted", data={"holidayCalendarId": str(calendar_id)}, now=now)
