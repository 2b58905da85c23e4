"""Whole dates, as forms."""

from datetime import date
from typing import Any

from django import forms

from authspine.kernel.times import FIRST_YEAR, LAST_YEAR
from professionals.rules.periods import is_known

DISORDER = "The last date must not be before the first."


class DayField(forms.DateField):
    """A date as browsers send it."""

    def __init__(self, *, missing: str = "Enter the date.", **kwargs: Any) -> None:
        errors = {"required": missing, "invalid": "Enter a date such as 2027-03-31."}
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(error_messages=errors, widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not is_known(day):
            raise forms.ValidationError(f"The year lies between {FIRST_YEAR} and {LAST_YEAR}.", code="year")
        return day


def faulty_period(first: date | None, last: date | None) -> bool:
    """Whether the two are there and in the wrong order."""
    return first is not None and last is not None and last < first


class PeriodForm(forms.Form):
    """A first and a last date, both included."""

    starts_on = DayField(label="First date", missing="Enter the first date.")
    ends_on = DayField(label="Last date", missing="Enter the last date; for one day it is the same.")

    def clean(self) -> dict[str, Any]:
        if faulty_period(self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")):
            self.add_error("ends_on", DISORDER)
        return self.cleaned_data


class DayForm(forms.Form):
    """The day that falls out, and what the clients are told."""

    date = DayField(missing="Enter which day falls out.")
    reason = forms.CharField(
        max_length=500,
        error_messages={"required": "Enter a reason; it stays with each booking."},
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
