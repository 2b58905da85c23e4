"""Rows as the records of an export: every field that cannot be derived, in a fixed order, in the words of the API."""

from authspine.orchestrator.exporting.records.business import booking, client, event
from authspine.orchestrator.exporting.records.house import (
    closure,
    holiday_calendar,
    location,
    professional,
    resource,
    service,
    vertical,
)
from authspine.orchestrator.exporting.records.money import (
    alert,
    customer,
    dispute,
    method_setup,
    payment,
    refund,
    transaction,
)

__all__ = [
    "alert",
    "booking",
    "client",
    "closure",
    "customer",
    "dispute",
    "event",
    "holiday_calendar",
    "location",
    "method_setup",
    "payment",
    "professional",
    "refund",
    "resource",
    "service",
    "transaction",
    "vertical",
]
