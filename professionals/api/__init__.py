"""Verticals, professionals and their calendars over HTTP."""
