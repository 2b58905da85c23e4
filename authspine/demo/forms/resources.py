"""A room or a piece of equipment, its weekly hours and its downtime, as forms."""

from typing import Any

from django import forms

from authspine.demo.forms.hours import PairsForm
from authspine.demo.forms.professionals import TimeOffForm
from authspine.demo.forms.zones import ZoneField
from services.rules import Window


class ResourceForm(forms.Form):
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter what it is called."},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.CharField(
        required=False,
        max_length=50,
        help_text="Room, equipment, …",
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "Its hours are meant on this clock."
        self.fields["timezone"] = ZoneField(zone, initial=zone, label="Time zone", help_text=hint)


class ResourceHoursForm(PairsForm):
    """When it can be had; without any times it is always there."""

    def windows(self) -> list[Window]:
        return [Window(pair.weekday, start, end) for pair, start, end in self.filled()]


class DowntimeForm(TimeOffForm):
    """A period in which it cannot be had."""
