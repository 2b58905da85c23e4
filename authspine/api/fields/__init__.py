"""Fields that take one spelling of a value and no other: no numbers in quotes, no `1` for true, no naive times.

Each describes itself for OpenAPI (`described`), beside the code that keeps the description true.
"""

from authspine.api.fields.base import StrictField
from authspine.api.fields.moments import ClockField, ClockRangeField, DayField, InstantField, ZoneField
from authspine.api.fields.text import (
    AddressField,
    EmailField,
    IdField,
    LineField,
    SlugField,
    TextField,
    TextsField,
    WordField,
)
from authspine.api.fields.typed import TypedFlag, TypedNumber
from authspine.api.fields.values import CurrencyField, FlagField, MoneyField, ObjectField, WholeNumberField

__all__ = [
    "AddressField",
    "ClockField",
    "ClockRangeField",
    "CurrencyField",
    "DayField",
    "EmailField",
    "FlagField",
    "IdField",
    "InstantField",
    "LineField",
    "MoneyField",
    "ObjectField",
    "SlugField",
    "StrictField",
    "TextField",
    "TextsField",
    "TypedFlag",
    "TypedNumber",
    "WholeNumberField",
    "WordField",
    "ZoneField",
]
