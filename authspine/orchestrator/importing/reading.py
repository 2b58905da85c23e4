"""One record of an import, read strictly: every field of its own type and within its bounds, and nothing left over.

What the platform itself may hold is taken as it is, so that every export can be read again: characters are not judged.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NoReturn

from authspine.kernel import times
from authspine.kernel.errors import Invalid
from authspine.kernel.money import MAX_PRICE_CENTS, Money

REQUIRED: Any = object()
MAX_ID = 200
MAX_TEXT = 1_000_000
BIGGEST = 2**31 - 1


class Reader:
    """Takes the fields of an object by name. A field that is null is one that is absent. Raises Invalid, naming it."""

    def __init__(self, record: Any, *, path: str = "") -> None:
        self.path = path
        if not isinstance(record, dict):
            raise Invalid(f"{path.rstrip('.') or 'The record'} must be an object.", field=path.rstrip("."))
        self._record = record
        self._left = set(record)

    def peek(self, name: str) -> Any:
        """A field as it stands in the file."""
        return self._record.get(name)

    def pass_over(self, *names: str) -> None:
        """These are known, and not read."""
        self._left.difference_update(names)

    def as_given(self) -> dict[str, Any]:
        """The whole object as it stands in the file."""
        return self._record

    def refuse(self, name: str, why: str) -> NoReturn:
        field = f"{self.path}{name}"
        raise Invalid(f"{field}: {why}", field=field)

    def done(self) -> None:
        """Nothing may be left that was not asked for: a misspelt field would be lost without a word."""
        for name in sorted(self._left):
            self.refuse(str(name)[:60], "there is no such field.")

    def _take(self, name: str, default: Any) -> Any:
        self._left.discard(name)
        value = self._record.get(name)
        if value is None and default is REQUIRED:
            self.refuse(name, "is missing.")
        return default if value is None else value

    def id(self, name: str = "id", default: Any = REQUIRED) -> Any:
        """An id as another platform may write it."""
        value = self._take(name, default)
        if value is default:
            return value
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_ID:
            self.refuse(name, f"must be a text of 1 to {MAX_ID} characters.")
        return value

    def text(self, name: str, default: Any = REQUIRED, *, most: int = 200) -> Any:
        """A string; one that is required is not blank either."""
        value = self._take(name, default)
        if value is default:
            return value
        if not isinstance(value, str):
            self.refuse(name, "must be a string.")
        if len(value) > most or (default is REQUIRED and not value.strip()):
            self.refuse(name, f"must have 1 to {most} characters.")
        return value

    def whole(self, name: str, default: Any = REQUIRED, *, least: int = 0, most: int = BIGGEST) -> Any:
        value = self._take(name, default)
        if value is not default and (type(value) is not int or not least <= value <= most):
            self.refuse(name, f"must be a whole number from {least} to {most}.")
        return value

    def flag(self, name: str, default: Any = REQUIRED) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            self.refuse(name, "must be true or false.")
        return value

    def word(self, name: str, words: Collection[str], default: Any = REQUIRED) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or value not in words:
            self.refuse(name, f"must be one of {', '.join(words)}.")
        return value

    def instant(self, name: str, default: Any = REQUIRED) -> Any:
        value = self._take(name, default)
        if value is default or isinstance(value, datetime):
            return value
        try:
            return times.parse_instant(value)
        except ValueError as error:
            self.refuse(name, f"{error}.")

    def day(self, name: str, default: Any = REQUIRED) -> Any:
        """A date in the years that the platform knows."""
        value = self._take(name, default)
        if value is default:
            return value
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not times.FIRST_YEAR <= found.year <= times.LAST_YEAR:
            self.refuse(name, f"must be a date from {times.FIRST_YEAR} to {times.LAST_YEAR}, such as 2026-12-24.")
        return found

    def money(self, name: str, default: Any = REQUIRED, *, least: int = 0) -> Any:
        value = self._take(name, default)
        if value is default:
            return value
        try:
            money = Money.from_json(value)
        except ValueError as error:
            self.refuse(name, f"{error}.")
        if not least <= money.amount_cents <= MAX_PRICE_CENTS:
            self.refuse(name, f"the amount must lie between {least} and {MAX_PRICE_CENTS}.")
        return money

    def object(self, name: str, default: Any = REQUIRED) -> dict[str, Any]:
        value = self._take(name, default)
        if not isinstance(value, dict):
            self.refuse(name, "must be an object.")
        return value

    def items(self, name: str, default: Any = REQUIRED) -> list[Any]:
        value = self._take(name, default)
        if not isinstance(value, list):
            self.refuse(name, "must be a list.")
        return value

    def texts(self, name: str, default: Any = REQUIRED, *, most: int = 100) -> list[str]:
        """A list of short texts."""
        found = self.items(name, default)
        if not all(isinstance(text, str) and 0 < len(text) <= most for text in found):
            self.refuse(name, f"must be a list of texts of 1 to {most} characters.")
        return found

    def part(self, name: str, default: Any = REQUIRED) -> "Reader":
        """An object inside, to be read by itself."""
        return Reader(self._take(name, default), path=f"{self.path}{name}.")

    def optional_part(self, name: str) -> "Reader | None":
        """Likewise, where there may be none."""
        return None if self._take(name, None) is None else self.part(name)

    def parts(self, name: str, default: Any = REQUIRED) -> "list[Reader]":
        """The objects of a list inside."""
        found = enumerate(self.items(name, default))
        return [Reader(item, path=f"{self.path}{name}.{index}.") for index, item in found]
