"""A service, as a form."""

from collections.abc import Sequence
from typing import Any

from django import forms

from authspine.demo import words
from authspine.demo.forms.choices import offer
from authspine.demo.forms.money import Amount, in_currency
from professionals.models import Professional
from services.models import Service


def _minutes(label: str, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **kwargs)


class ServiceForm(forms.Form):
    professional = forms.ChoiceField(
        error_messages={"required": "Choose who offers it.", "invalid_choice": "Choose somebody from the list."}
    )
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter what it is called."},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    description = forms.CharField(required=False, max_length=5000, widget=forms.Textarea({"rows": 3, "dir": "auto"}))
    price = Amount(error_messages={"required": "Enter a price; 0 is free."})
    deposit = Amount(required=False, help_text="What must be paid to confirm; empty for none.")
    location_type = forms.ChoiceField(label="Where", choices=list(words.LOCATIONS.items()))
    recurrence = forms.ChoiceField(
        label="How often", choices=[("one_time", "Single appointments"), ("recurring", "Recurring appointments")]
    )
    duration_minutes = _minutes(
        "Duration in minutes", 1, 1440, error_messages={"required": "Enter how many minutes it takes."}
    )
    capacity = _minutes("Seats", 1, 1000, initial=1, help_text="More than 1 makes it a class.")
    slot_interval_minutes = _minutes(
        "A start every … minutes", 1, 1440, required=False, help_text="Empty: back to back."
    )
    buffer_before_minutes = _minutes("Minutes free before", 0, 1440, initial=0)
    buffer_after_minutes = _minutes("Minutes free after", 0, 1440, initial=0)
    min_notice_minutes = _minutes("Notice in minutes", 0, 525_600, initial=0, help_text="How late it can be booked.")
    horizon_days = _minutes("Days ahead", 0, 3650, initial=90, help_text="How early it can be booked.")

    def __init__(self, *args: Any, professionals: Sequence[Professional], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.id), f"{one.name} · {one.vertical.display_name}") for one in professionals]
        offer(self, "professional", [("", "Choose one"), *people])
        in_currency(self, currency, "price", "deposit")

    def clean(self) -> dict[str, Any]:
        price, deposit = self.cleaned_data.get("price"), self.cleaned_data.get("deposit")
        if price and deposit and price < deposit:
            self.add_error("deposit", "The deposit cannot be more than the price.")
        return self.cleaned_data


def initial_of(service: Service, amounts: dict[str, str]) -> dict[str, Any]:
    """The form as it stands for a service; `amounts` are price and deposit as people write them."""
    fields = set(ServiceForm.base_fields) - {"professional", "price", "deposit"}
    return {name: getattr(service, name) for name in fields} | amounts
