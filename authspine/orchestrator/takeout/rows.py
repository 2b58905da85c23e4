"""The rows of a person's export: which tables, in which order, and what of each column is told.

All columns are told but those that are tagged as hidden. Who acted is told as what kind of caller it was: the others in
it are people, too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import models
from django.db.models import Model

from authspine.identity.models import User
from authspine.kernel.money import Money
from authspine.privacy import tagging
from authspine.privacy.tagging import Tag
from bookings.models import Booking

CENTS: Final = "_cents"

# The order, and what tables are called that have another name in the API. Any other table comes after these.
NAMES: Final = {
    "clients.Client": "record",
    "identity.User": "login",
    "clients.Consent": "consents",
    "bookings.Booking": "bookings",
    "bookings.IntakeAnswers": "intake_answers",
    "payments.PaymentIntent": "payments",
    "payments.Refund": "refunds",
    "payments.RefundRequest": "refunds_to_approve",
    "payments.Dispute": "disputes",
    "payments.PaymentMethod": "payment_methods",
    "payments.MethodSetup": "payment_method_setups",
    "payments.Customer": "payment_customers",
    "analytics.AnalyticsEvent": "events",
}

type Record = dict[str, Any]


class Word(str):
    """One of a few words that a column may have, such as `no_show`."""


@dataclass(frozen=True)
class Kind:
    """The rows of a table that are about somebody."""

    name: str
    records: list[Record]


def told() -> list[type[Model]]:
    """The tables that are about clients, in order."""
    places = {label: place for place, label in enumerate(NAMES)}
    found = [model for model in tagging.tables() if tagging.is_told(model)]
    return sorted(found, key=lambda model: (places.get(model._meta.label, len(places)), name_of(model)))


def kind(model: type[Model], client: UUID, login: UUID | None, *, now: datetime) -> Kind:
    """What there is about this client in a table."""
    found = model._default_manager.filter(**_about(model, client, login)).order_by("created_at", "pk")
    along, more = _ALONG.get(model, ((), _nothing))
    found = found.select_related(*along) if along else found
    return Kind(name_of(model), [_joined(more(row, now), _record(row)) for row in found])


def _joined(along: Record, own: Record) -> Record:
    """What says most comes first, and in place of what the row itself has."""
    return along | {name: value for name, value in own.items() if name not in along}


def name_of(model: type[Model]) -> str:
    return NAMES.get(model._meta.label) or str(model._meta.verbose_name_plural).replace(" ", "_")


def _about(model: type[Model], client: UUID, login: UUID | None) -> dict[str, Any]:
    way = tagging.of_client(model)
    if model is User:
        return {way: login}
    if "__" in way or way == "id" or model._meta.get_field(way).is_relation:
        return {way: client}
    # A column for the id of somebody has the client's, or that of the login.
    return {f"{way}__in": [client, *([login] if login else [])]}


def _record(row: Model) -> Record:
    return dict(_values(row))


def _values(row: Model) -> Iterator[tuple[str, Any]]:
    model = type(row)
    for field in tagging.columns(model):
        what = tagging.tag(model, field)
        if what is Tag.HIDDEN or field.name in ("organization", "currency"):
            continue
        # What else is known of a login is known of it in all organizations.
        if model is User and what is not Tag.PERSONAL:
            continue
        yield _value(row, field, what)


def _value(row: Any, field: Any, what: Tag) -> tuple[str, Any]:
    value = getattr(row, field.attname)
    if field.name.endswith(CENTS):
        return _amount(field.name, value, row)
    if what is Tag.SUBJECT and isinstance(value, str):
        return field.name, Word(value.partition(":")[0])
    if field.choices and isinstance(value, str):
        return field.name, Word(value)
    return field.name, bytes(value).hex() if isinstance(field, models.BinaryField) and value else value


def _amount(name: str, value: Any, row: Any) -> tuple[str, Any]:
    """An amount, called as the API calls it; anything else as it is."""
    is_amount = name.endswith(CENTS) and isinstance(value, int) and hasattr(row, "currency")
    return (name.removesuffix(CENTS), Money(value, row.currency)) if is_amount else (name, value)


def _nothing(row: Model, now: datetime) -> Record:
    return {}


def _booking(row: Model, now: datetime) -> Record:
    """What a booking is of stands on others' rows; its terms are in its own currency."""
    booking = cast(Booking, row)
    session = booking.session
    return {
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "service": session.service.name,
        "professional": session.professional.name,
        "vertical": booking.vertical.display_name,
        "location": session.location.name if session.location else None,
        "status": Word(booking.status_at(now)),
        "policy": dict(_amount(name, value, booking) for name, value in booking.policy.items()),
    }


_ALONG: Final[dict[type[Model], tuple[tuple[str, ...], Callable[[Model, datetime], Record]]]] = {
    Booking: (("vertical", "session__service", "session__professional", "session__location"), _booking),
}
