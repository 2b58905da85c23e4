"""A service, as a form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from authspine.demo import words
from authspine.demo.forms import terms
from authspine.demo.forms.choices import PlaceField, offer
from authspine.demo.forms.days import DISORDER, DayField, faulty_period
from authspine.demo.forms.money import Amount, in_currency
from authspine.demo.forms.numbers import minutes
from professionals.models import Location, Professional, Vertical
from professionals.rules.policies import YEAR_MINUTES
from services.models import Service

DAY = 24 * 60
MOST_DAYS = 3660


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
    duration_minutes = minutes(
        "Duration in minutes", 1, DAY, error_messages={"required": "Enter how many minutes it takes."}
    )
    capacity = minutes("Seats", 1, 1000, initial=1, help_text="More than 1 makes it a class.")
    slot_interval_minutes = minutes("A start every … minutes", 1, DAY, required=False, help_text="Empty: back to back.")
    slot_offset_minutes = minutes(
        "Starts … minutes later", 0, DAY - 1, required=False, help_text="15 with a start every 60: at a quarter past."
    )
    buffer_before_minutes = minutes("Minutes free before", 0, DAY, initial=0)
    buffer_after_minutes = minutes("Minutes free after", 0, DAY, initial=0)
    min_notice_minutes = minutes(
        "Notice in minutes", 0, YEAR_MINUTES, initial=0, help_text="How late it can be booked."
    )
    horizon_days = minutes("Days ahead", 0, MOST_DAYS, initial=90, help_text="How early it can be booked.")
    bookable_from = DayField(required=False, label="From date", help_text="Empty: at once.")
    bookable_to = DayField(required=False, label="Until date", help_text="The last date; empty: without end.")
    requires_approval = forms.TypedChoiceField(
        label="Booking it",
        choices=[("no", "is taken at once"), ("yes", "is a request, which staff answer")],
        coerce=lambda answer: answer == "yes",
    )

    def __init__(
        self,
        *args: Any,
        professionals: Sequence[Professional],
        places: Sequence[Location] = (),
        vertical: Vertical | None = None,
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.id), f"{one.name} · {one.vertical.display_name}") for one in professionals]
        offer(self, "professional", [("", "Choose one"), *people])
        in_currency(self, currency, "price", "deposit")
        self.fields["location"] = PlaceField(places, label="At", nowhere="Wherever the professional works")
        self.fields |= terms.policy_fields() | terms.limit_fields()
        terms.explain(self, vertical, currency)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        price, deposit = cleaned.get("price"), cleaned.get("deposit")
        if price and deposit and price < deposit:
            self.add_error("deposit", "The deposit cannot be more than the price.")
        if faulty_period(cleaned.get("bookable_from"), cleaned.get("bookable_to")):
            self.add_error("bookable_to", DISORDER)
        return cleaned

    def said(self) -> dict[str, Any]:
        """What was filled in, as the journeys take it."""
        cleaned = self.cleaned_data
        rules = {"policy": terms.policy_of(cleaned), "booking_limits": terms.limits_of(cleaned)}
        offset = {"slot_offset_minutes": cleaned["slot_offset_minutes"] or 0}
        return terms.without_terms(cleaned) | rules | offset

    def policies(self) -> list[BoundField]:
        return [self[name] for name in terms.LABELS]

    def limits(self) -> list[BoundField]:
        return [self[name] for name in terms.limit_fields()]


def initial_of(service: Service, amounts: dict[str, str]) -> dict[str, Any]:
    """The form as it stands for a service; `amounts` are price and deposit as people write them."""
    fields = set(ServiceForm.base_fields) - {"professional", "price", "deposit", "requires_approval"}
    kept = {name: getattr(service, name) for name in fields}
    kept |= {"location": service.location_id, "requires_approval": "yes" if service.requires_approval else "no"}
    rules = terms.initial_policy(service.policy, service.currency) | terms.initial_limits(service.booking_limits)
    return kept | rules | amounts
