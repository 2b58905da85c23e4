"""Numbers as people write them: minutes, percents, and limits that may be none."""

from decimal import Decimal
from typing import Any

from django import forms

from authspine.demo.forms.money import Amount

UNLIMITED = "none"


def minutes(label: str, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **kwargs)


class Percent(forms.DecimalField):
    """A share in percent, kept in basis points."""

    def __init__(self, **kwargs: Any) -> None:
        told = "Enter a share such as 12.5, with two digits after the point at most."
        errors = dict.fromkeys(("invalid", "max_decimal_places", "max_digits"), told)
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        kwargs |= {"min_value": 0, "max_value": 100, "decimal_places": 2}
        super().__init__(required=False, error_messages=errors, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        share = super().clean(value)
        return None if share is None else int(share * 100)


class OwnAmount(Amount):
    """An amount that may be left out; then it is not nothing, but none of one's own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        return super().clean(value) if (value or "").strip() else None


class Limit(forms.CharField):
    """How often, how many: a whole number, `none` for no limit, or nothing said, which stays an empty text."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip().lower()
        if text in ("", UNLIMITED):
            return text and None
        # More digits than any limit has are not worth reading.
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not self.least <= number <= self.most:
            told = f"Enter a number from {self.least} to {self.most}, or “{UNLIMITED}” for no limit."
            raise forms.ValidationError(told, code="invalid")
        return number
