"""What a form offers to choose from, when that is only known as it is made."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from professionals.models import Location

type Options = list[tuple[str, str]]


def offer(form: forms.Form, name: str, options: Options) -> None:
    """Let a field of the form be one of these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = options


class PlaceField(forms.TypedChoiceField):
    """One of these locations, by its id, or none of them."""

    def __init__(self, places: Iterable[Location] = (), *, nowhere: str = "Anywhere", **kwargs: Any) -> None:
        errors = {"invalid_choice": "Choose a location from the list."}
        super().__init__(required=False, coerce=UUID, empty_value=None, error_messages=errors, **kwargs)
        self.choices = [("", nowhere), *((str(place.id), place.name) for place in places)]
