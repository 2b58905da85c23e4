"""Professionals, when and where they work, and the verticals that they belong to."""

from professionals.admin import calendars, places, professionals, verticals

__all__ = ["calendars", "places", "professionals", "verticals"]
