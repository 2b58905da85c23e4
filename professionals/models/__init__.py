"""Verticals, the professionals of each, where and when they work."""

from professionals.models.hours import HoursOverride, TimeOff, TravelPeriod, WorkingHours
from professionals.models.people import FOUND, Professional, Vertical
from professionals.models.places import Closure, HolidayCalendar, Location

__all__ = [
    "FOUND",
    "Closure",
    "HolidayCalendar",
    "HoursOverride",
    "Location",
    "Professional",
    "TimeOff",
    "TravelPeriod",
    "Vertical",
    "WorkingHours",
]
