"""Professionals, when they work, and the verticals that they belong to."""

from professionals.admin import calendars, professionals, verticals

__all__ = ["calendars", "professionals", "verticals"]
