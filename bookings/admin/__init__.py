"""Bookings and what lies under them. They are history: moved by the journeys, never edited."""

from bookings.admin import bookings, calendars

__all__ = ["bookings", "calendars"]
