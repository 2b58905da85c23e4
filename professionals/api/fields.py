"""Fields of professionals and places whose values a rule knows."""

from collections.abc import Mapping
from typing import Any

from authspine.api.fields import StrictField
from authspine.api.fields.base import Description, sentence
from professionals.rules.holidays import check_country
from professionals.rules.limits import MEASURES, MOST, PERIODS, check_limits


class CountryField(StrictField):
    """A country whose public holidays are known, by its code of two letters."""

    component = "Country"

    def to_internal_value(self, value: Any) -> str:
        try:
            check_country(value if isinstance(value, str) else "")
        except ValueError as error:
            self.refuse("unknown_country", sentence(error))
        return str(value)

    def to_representation(self, value: str) -> str:
        return value

    def described(self) -> Description:
        return {"type": "string", "format": "iso-3166-1", "pattern": "^[A-Z]{2}$", "examples": ["DE", "US"]}


class LimitsField(StrictField):
    """How much may be booked in a day, a week (from Monday) or a month: by number and by minutes."""

    def to_internal_value(self, value: Any) -> Mapping[str, Any]:
        try:
            check_limits(value)
        except ValueError as error:
            self.refuse("invalid_limits", sentence(error))
        return dict(value)

    def to_representation(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return value

    def described(self) -> Description:
        most = {measure: {"type": "integer", "minimum": 0, "maximum": MOST} for measure in MEASURES}
        limit = {"type": "object", "properties": most, "additionalProperties": False, "minProperties": 1}
        return {"type": "object", "properties": dict.fromkeys(PERIODS, limit), "additionalProperties": False}
