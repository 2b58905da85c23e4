"""Bookings and what lies under them. They are history: moved by the journeys, never edited."""

from bookings.admin import answers, bookings, calendars

__all__ = ["answers", "bookings", "calendars"]
