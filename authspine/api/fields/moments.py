"""Instants with their offset, dates, times of day and zones."""

import re
from datetime import UTC, date, datetime
from typing import Any

from authspine.api.fields.base import Description, StrictField, sentence
from authspine.kernel import times

# From `times.FIRST_YEAR` to `times.LAST_YEAR`.
KNOWN_YEARS = "^(19[7-9][0-9]|2[01][0-9][0-9]|2200)-"


class InstantField(StrictField):
    """An ISO 8601 time with its offset; read to UTC, written in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return times.parse_instant(value)
        except ValueError as error:
            self.refuse("invalid_time", sentence(error))

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat()

    def described(self) -> Description:
        return {"type": "string", "format": "date-time", "pattern": KNOWN_YEARS}


class DayField(StrictField):
    """A calendar date, `2026-12-24`."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.refuse("invalid_date", "Must be a date such as 2026-12-24.")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.refuse("invalid_date", "There is no such date.")
        if not times.FIRST_YEAR <= day.year <= times.LAST_YEAR:
            self.refuse("out_of_range", f"The year lies between {times.FIRST_YEAR} and {times.LAST_YEAR}.")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()

    def described(self) -> Description:
        return {"type": "string", "format": "date", "pattern": KNOWN_YEARS}


class ClockField(StrictField):
    """A time of day, `09:30`, as the minute of the day; an end may be `24:00`, the midnight at the day's end."""

    def __init__(self, *, midnight: bool = False, **kwargs: Any) -> None:
        self.midnight = midnight
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(self._pattern, value):
            self.refuse(
                "invalid_clock", f"Must be a time of day from 00:00 to {'24:00' if self.midnight else '23:59'}."
            )
        return int(value[:2]) * 60 + int(value[3:])

    def to_representation(self, value: int) -> str:
        return f"{value // 60:02}:{value % 60:02}"

    @property
    def _pattern(self) -> str:
        return "([01][0-9]|2[0-3]):[0-5][0-9]" + ("|24:00" if self.midnight else "")

    def described(self) -> Description:
        return {"type": "string", "pattern": f"^({self._pattern})$"}


class ClockRangeField(StrictField):
    """From one time of day to another, `["09:00", "12:00"]`, as a pair of minutes of the day."""

    start, end = ClockField(), ClockField(midnight=True)

    def to_internal_value(self, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            self.refuse("invalid_range", 'Must be a pair such as ["09:00", "12:00"].')
        return self.start.to_internal_value(value[0]), self.end.to_internal_value(value[1])

    def to_representation(self, value: tuple[int, int]) -> list[str]:
        return [self.start.to_representation(minute) for minute in value]

    def described(self) -> Description:
        ends = [self.start.described(), self.end.described()]
        return {"type": "array", "prefixItems": ends, "items": False, "minItems": 2, "maxItems": 2}


class ZoneField(StrictField):
    """The name of an IANA time zone."""

    component = "TimeZone"

    def to_internal_value(self, value: Any) -> str:
        if not times.is_zone(value):
            self.refuse("unknown_zone", "Unknown time zone. Use a name such as Europe/Berlin.")
        return str(value)

    def to_representation(self, value: str) -> str:
        return value

    def described(self) -> Description:
        return {"type": "string", "format": "iana-zone", "examples": ["Europe/Berlin", "UTC"]}
