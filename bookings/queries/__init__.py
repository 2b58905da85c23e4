"""Reads of bookings (`bookings`), of a professional's week (`weeks`) and of what slots are decided on (`slots`)."""

from bookings.queries.bookings import (
    client_has_any,
    get,
    lapsed,
    listed,
    open_session,
    professionals_with_lapsed_holds,
    stored_status,
    with_status,
)
from bookings.queries.calendars import rules_of
from bookings.queries.history import professional_has_any, resource_has_any
from bookings.queries.slots import available, check_offer, check_start
from bookings.queries.weeks import agenda, coming

__all__ = [
    "agenda",
    "available",
    "check_offer",
    "check_start",
    "client_has_any",
    "coming",
    "get",
    "lapsed",
    "listed",
    "open_session",
    "professional_has_any",
    "professionals_with_lapsed_holds",
    "resource_has_any",
    "rules_of",
    "stored_status",
    "with_status",
]
