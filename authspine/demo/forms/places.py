"""Locations, and the dates on which all of the business, or one location, is closed, as forms."""

from collections.abc import Sequence
from typing import Any

from django import forms

from authspine.demo.forms.choices import PlaceField
from authspine.demo.forms.days import PeriodForm
from authspine.demo.forms.zones import ZoneField
from professionals.models import Location
from professionals.rules.holidays import LONGEST_REGION, regions

EVERYWHERE = "Everywhere"


class LocationForm(forms.Form):
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter what the place is called."},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    address = forms.CharField(required=False, max_length=1000, widget=forms.Textarea({"rows": 3, "dir": "auto"}))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "Hours at this place are meant on its clock, whoever works there."
        self.fields["timezone"] = ZoneField(zone, initial=zone, label="Time zone", help_text=hint)


class ClosureForm(PeriodForm):
    reason = forms.CharField(required=False, max_length=200, widget=forms.TextInput({"dir": "auto"}))

    def __init__(self, *args: Any, places: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"] = PlaceField(places, nowhere=EVERYWHERE, label="Where")


class HolidaysForm(forms.Form):
    country = forms.ChoiceField(
        help_text="By its code of ISO 3166, such as DE.",
        error_messages={"required": "Choose a country.", "invalid_choice": "Choose a country from the list."},
    )
    region = forms.CharField(
        required=False,
        max_length=LONGEST_REGION,
        help_text="Such as BY for Bavaria; empty for what the whole country keeps.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, places: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "Choose one"), *((code, code) for code in sorted(regions()))]  # type: ignore[attr-defined]
        self.fields["location"] = PlaceField(places, nowhere=EVERYWHERE, label="Where")

    def clean(self) -> dict[str, Any]:
        """A region is found however it is written; whether there is one is the journey's to say."""
        typed = self.cleaned_data.get("region", "")
        known = regions().get(self.cleaned_data.get("country", ""), frozenset())
        found = next((one for one in known if one.casefold() == typed.casefold()), typed)
        return self.cleaned_data | {"region": found}


class TravelForm(PeriodForm):
    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "Hours are meant on this clock then; those at a location keep the location's."
        self.fields["timezone"] = ZoneField(zone, initial=zone, label="Works by the clock of", help_text=hint)
