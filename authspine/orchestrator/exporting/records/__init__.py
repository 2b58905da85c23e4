"""Rows as the records of an export: every field that cannot be derived, in a fixed order, in the words of the API."""

from authspine.orchestrator.exporting.records.business import booking, client, event, payment, refund
from authspine.orchestrator.exporting.records.house import (
    closure,
    holiday_calendar,
    location,
    professional,
    resource,
    service,
    vertical,
)

__all__ = [
    "booking",
    "client",
    "closure",
    "event",
    "holiday_calendar",
    "location",
    "payment",
    "professional",
    "refund",
    "resource",
    "service",
    "vertical",
]
