"""Numbers and flags as they stand in a URL, where everything is text."""

import re
from typing import Any

from authspine.api.fields.values import FlagField, WholeNumberField


class TypedNumber(WholeNumberField):
    """A whole number as it stands in a URL."""

    def to_internal_value(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{1,12}", value):
            self.refuse("not_an_integer", "Must be a whole number.")
        return super().to_internal_value(int(value))


class TypedFlag(FlagField):
    """`true` or `false` as it stands in a URL."""

    def to_internal_value(self, value: Any) -> bool:
        return super().to_internal_value({"true": True, "false": False}.get(value))
