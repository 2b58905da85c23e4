"""Which rows are somebody's own: one table, model by model. A model that does not stand in it is nobody's own.

A professional sees what belongs to the professional whose login they are; who comes by a self-service link sees what
belongs to that one booking. Everybody else sees whatever the table of `authspine.identity.access` lets them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

from authspine.identity.access import CLIENT, NARROW, PROFESSIONAL, Who

EVERY: Final = "*"  # the house's own, with nothing of a person in it


@dataclass(frozen=True)
class Own:
    """The paths from a row to its professional's login, and to the booking of a link; without one, no row is seen."""

    professional: str = ""
    client: str = ""


_HOUSE = Own(professional=EVERY)

ROWS: Final[Mapping[str, Own]] = {
    "professionals.Vertical": _HOUSE,
    "professionals.Location": _HOUSE,
    "professionals.Closure": _HOUSE,
    "professionals.HolidayCalendar": _HOUSE,
    "professionals.Professional": Own("user", "sessions__bookings"),
    "professionals.WorkingHours": Own("professional__user"),
    "professionals.HoursOverride": Own("professional__user"),
    "professionals.TimeOff": Own("professional__user"),
    "professionals.TravelPeriod": Own("professional__user"),
    "services.Service": Own("offers__professional__user", "sessions__bookings"),
    "services.Offer": Own("professional__user"),
    "clients.Client": Own("bookings__session__professional__user"),
    "clients.Consent": Own("client__bookings__session__professional__user"),
    "bookings.Session": Own("professional__user"),
    "bookings.Occupancy": Own("session__professional__user"),
    "bookings.Booking": Own("session__professional__user", "id"),
    "bookings.IntakeAnswers": Own("booking__session__professional__user", "booking"),
    "payments.PaymentIntent": Own("booking__session__professional__user"),
    "payments.Refund": Own("intent__booking__session__professional__user"),
    "payments.RefundRequest": Own("intent__booking__session__professional__user"),
    "payments.Dispute": Own("intent__booking__session__professional__user"),
}

# What a field of a body or a query, or a part of a path, that has an id names.
NAMED: Final[Mapping[str, str]] = {
    "booking": "bookings.Booking",
    "client": "clients.Client",
    "intent": "payments.PaymentIntent",
    "location": "professionals.Location",
    "professional": "professionals.Professional",
    "service": "services.Service",
}


@dataclass(frozen=True)
class Eyes:
    """Whose rows are looked for: those of a login, or of the one booking of a link."""

    who: Who
    user: UUID | None = None
    booking: UUID | None = None


def visible[Rows: QuerySet[Any]](rows: Rows, eyes: Eyes) -> Rows:
    """The rows among these that this one may see. Runs inside the organization's scope."""
    if eyes.who not in NARROW:
        return rows
    path, value = _way(rows.model._meta.label, eyes)
    if path == EVERY:
        return rows
    if not path or value is None:
        return rows.none()
    # By a subquery, so that a row of many of theirs is found once.
    return rows.filter(pk__in=rows.model._default_manager.filter(**{path: value}).order_by().values("pk"))


def is_visible(label: str, row: UUID, eyes: Eyes) -> bool:
    """Whether there is such a row for this one."""
    model: Any = apps.get_model(label)
    return bool(visible(model._default_manager.filter(pk=row), eyes).exists())


def first(label: str, eyes: Eyes) -> UUID | None:
    """The first of these rows that is theirs, such as who a professional is, or what a link's booking is of."""
    model: Any = apps.get_model(label)
    found: UUID | None = visible(model._default_manager.order_by("id"), eyes).values_list("id", flat=True).first()
    return found


def _way(label: str, eyes: Eyes) -> tuple[str, UUID | None]:
    own = ROWS.get(label, Own())
    if eyes.who == PROFESSIONAL:
        return own.professional, eyes.user
    return (own.client, eyes.booking) if eyes.who == CLIENT else ("", None)
