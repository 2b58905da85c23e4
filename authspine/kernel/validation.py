"""Field-level validity of a row before it is written: the model's own fields and validators, as our own errors."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from authspine.kernel.currencies import is_currency
from authspine.kernel.errors import FieldFault, Invalid
from authspine.kernel.times import YEARS, is_in_years, is_zone


def check_fields(row: models.Model, *fields: str) -> None:
    """Raise Invalid with one fault per bad field. No query: relations, uniqueness and state are other rules' business.

    With `fields` only these are looked at.
    """
    skipped = {f.name for f in row._meta.fields if f.is_relation or (fields and f.name not in fields)}
    try:
        row.clean_fields(exclude=skipped)
    except ValidationError as error:
        faults = [
            FieldFault(field, fault.code or "invalid", " ".join(fault.messages))
            for field, found in error.error_dict.items()
            for fault in found
        ]
        raise Invalid(faults[0].detail, faults=tuple(faults)) from error


def check_rule[T](check: Callable[..., T], *values: Any, field: str) -> T:
    """What a rule says that raises ValueError in words. Raises Invalid, which says the same of the field."""
    try:
        return check(*values)
    except ValueError as error:
        text = str(error)
        raise Invalid(f"{text[:1].upper()}{text[1:]}.", field=field) from error


def an_object(value: Any) -> None:
    """A JSON field that holds an object and nothing else."""
    if not isinstance(value, dict):
        raise ValidationError("Must be an object.", code="not_an_object")


def a_zone(value: str) -> None:
    """The name of a zone of the IANA time zone database."""
    if not is_zone(value):
        raise ValidationError("Unknown time zone. Use a name such as Europe/Berlin.", code="unknown_zone")


def a_near_time(value: datetime) -> None:
    """A time in the years that are computed with; outside of them a change of zone overflows."""
    if not is_in_years(value):
        raise ValidationError(f"{YEARS.capitalize()}.", code="year")


def a_currency(value: str) -> None:
    """An ISO 4217 code."""
    if not is_currency(value):
        raise ValidationError("Use a three-letter ISO 4217 code such as USD.", code="unknown_currency")
