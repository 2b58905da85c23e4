"""An amount as people write it."""

from typing import Any

from django import forms

from authspine.kernel.money import MAX_PRICE_CENTS, Money, parse_money


class Amount(forms.CharField):
    """Money in the currency that the form sets; an empty one is none at all."""

    currency = "USD"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Money:
        text = super().clean(value)
        try:
            money = parse_money(text or "0", self.currency)
        except ValueError as error:
            raise forms.ValidationError("Enter an amount such as 45.00.", code="invalid") from error
        if money.amount_cents > MAX_PRICE_CENTS:
            raise forms.ValidationError("That is too much for one payment.", code="too_high")
        return money


def in_currency(form: forms.BaseForm, currency: str, *names: str) -> None:
    """Set the currency of these fields, and say it in their labels."""
    for name in names:
        field = form.fields[name]
        assert isinstance(field, Amount)
        field.currency, field.label = currency, f"{name.capitalize()} in {currency}"
