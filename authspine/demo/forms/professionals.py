"""A professional, and a period in which they are away, as forms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from authspine.demo.forms import terms
from authspine.demo.forms.choices import offer
from authspine.demo.forms.zones import ZoneField
from professionals.models import Vertical


class Words(forms.CharField):
    """Words with commas between them, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


class ProfessionalForm(forms.Form):
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter the professional's name."},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        error_messages={
            "required": "Enter the professional's e-mail address.",
            "invalid": "Enter an e-mail address such as maya@example.com.",
        },
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    vertical = forms.ChoiceField(
        help_text="The trade decides whether papers must be verified first, and how clients can pay.",
        error_messages={"required": "Choose a vertical.", "invalid_choice": "Choose a vertical from the list."},
    )
    specialties = Words(
        required=False, max_length=500, help_text="With commas between them, for example: color, bridal styling."
    )
    years_of_experience = forms.IntegerField(required=False, min_value=0, max_value=80)
    license = forms.CharField(required=False, max_length=100, label="License or certificate")
    bio = forms.CharField(
        required=False, max_length=5000, label="About", widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args: Any, verticals: Sequence[Vertical], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trades = [(vertical.slug, vertical.display_name) for vertical in verticals]
        offer(self, "vertical", [("", "Choose one"), *trades])
        self.fields |= terms.limit_fields()
        self.fields["timezone"] = ZoneField(zone, initial=zone, help_text="Working hours are meant in this zone.")
        self.order_fields(["name", "email", "vertical", "timezone"])

    def said(self) -> dict[str, Any]:
        """What was filled in, as the journeys take it."""
        return terms.without_terms(self.cleaned_data) | {"booking_limits": terms.limits_of(self.cleaned_data)}

    def limits(self) -> list[BoundField]:
        return [self[name] for name in terms.limit_fields()]


class TimeOffForm(forms.Form):
    starts_at = forms.DateTimeField(
        label="From",
        error_messages={"required": "Enter when it starts.", "invalid": "Enter a date and a time."},
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label="Until",
        error_messages={"required": "Enter when it ends.", "invalid": "Enter a date and a time."},
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(required=False, max_length=200, widget=forms.TextInput({"dir": "auto"}))

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must be after the start.")
        return cleaned
