"""Who offers a service on which terms, and what the service takes, as forms."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.forms import BoundField

from authspine.demo.forms.choices import Options, offer
from authspine.demo.forms.money import in_currency
from authspine.demo.forms.numbers import OwnAmount, minutes
from authspine.kernel.money import format_amount
from professionals.models import Professional
from services.actions.resources import Need
from services.models import Offer, Requirement, Resource
from services.rules import MAX_OPTIONS, MAX_REQUIREMENTS

LEAST_NEEDS, LEAST_OPTIONS = 2, 3


class OfferForm(forms.Form):
    """The terms of one professional; what is left empty is the service's."""

    professional = forms.ChoiceField(
        error_messages={"required": "Choose who offers it.", "invalid_choice": "Choose somebody from the list."}
    )
    price = OwnAmount(help_text="Empty: the service's.")
    duration_minutes = minutes("Duration in minutes", 1, 24 * 60, required=False, help_text="Empty: the service's.")
    priority = minutes("Place in line", 0, 32_767, initial=0, help_text="Who is asked first when anybody will do: 0.")
    active = forms.TypedChoiceField(
        label="Status",
        choices=[("yes", "On offer"), ("no", "Not for now")],
        coerce=lambda answer: answer == "yes",
    )

    def __init__(self, *args: Any, professionals: Sequence[Professional], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "professional", [("", "Choose one"), *((str(one.id), one.name) for one in professionals)])
        in_currency(self, currency, "price")

    @staticmethod
    def filled_for(found: Offer) -> dict[str, Any]:
        """The first values of the form for an offer that stands already."""
        price = found.price
        return {
            "professional": str(found.professional_id),
            "price": format_amount(price.amount_cents, price.currency) if price else "",
            "duration_minutes": found.duration_minutes,
            "priority": found.priority,
            "active": "yes" if found.active else "no",
        }


class ShownNeed(NamedTuple):
    """One thing that is needed: its name, and what will do, the first ones first."""

    name: BoundField
    resources: list[BoundField]


class NeedsForm(forms.Form):
    """All that a service takes; a need without a resource is none, and there is always room for one more."""

    def __init__(self, *args: Any, needs: Sequence[Requirement], resources: Sequence[Resource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options: Options = [("", "Nothing"), *((str(one.id), one.name) for one in resources)]
        self.rows: list[tuple[str, list[str]]] = []
        for row in range(min(max(LEAST_NEEDS, len(needs) + 1), MAX_REQUIREMENTS)):
            self._add(row, needs[row] if row < len(needs) else None, options)

    def _add(self, row: int, need: Requirement | None, options: Options) -> None:
        chosen = need.resources if need else []
        name = f"need{row}_name"
        self.fields[name] = forms.CharField(
            required=False,
            max_length=100,
            label="What",
            initial=need.name if need else "",
            widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        )
        places = [f"need{row}_{place}" for place in range(min(max(LEAST_OPTIONS, len(chosen) + 1), MAX_OPTIONS))]
        for place, field in enumerate(places):
            self.fields[field] = forms.TypedChoiceField(
                choices=options,
                required=False,
                coerce=UUID,
                empty_value=None,
                label="Any of these, first choice" if not place else "or",
                initial=chosen[place] if place < len(chosen) else "",
                error_messages={"invalid_choice": "Choose a resource from the list."},
            )
        self.rows.append((name, places))

    def clean(self) -> dict[str, Any]:
        for name, places in self.rows:
            chosen = [(place, self.cleaned_data[place]) for place in places if self.cleaned_data.get(place)]
            if self.cleaned_data.get(name) and not chosen and not self._faulty(places):
                self.add_error(places[0], "Choose what will do, or clear the name.")
            for number, (place, resource) in enumerate(chosen):
                if resource in (other for _, other in chosen[:number]):
                    self.add_error(place, "This one is named already.")
        return self.cleaned_data

    def _faulty(self, places: list[str]) -> bool:
        return any(place in self.errors for place in places)

    def shown(self) -> list[ShownNeed]:
        return [ShownNeed(self[name], [self[place] for place in places]) for name, places in self.rows]

    def _filled(self) -> Iterator[tuple[str, list[str]]]:
        for name, places in self.rows:
            if chosen := [place for place in places if self.cleaned_data[place]]:
                yield name, chosen

    def needs(self) -> list[Need]:
        return [
            Need(self.cleaned_data[name], [self.cleaned_data[place] for place in places])
            for name, places in self._filled()
        ]

    def aliases(self) -> dict[str, str]:
        """Where in the form a fault of the needs stands."""
        return {
            f"requirements.{number}.resources.{place}": field
            for number, (_, places) in enumerate(self._filled())
            for place, field in enumerate(places)
        }
