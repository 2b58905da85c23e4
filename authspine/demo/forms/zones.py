"""A choice of time zones: those with a place in their name, by continent, and whatever is chosen already."""

from collections import defaultdict
from typing import Any

from django import forms

from authspine.kernel.times import zone_names

_CONTINENTS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"
)  # fmt: skip

type Choices = list[tuple[str, list[tuple[str, str]]]]


def choices(*besides: str) -> Choices:
    """Groups of zones, UTC first; `besides` are offered even if they name no place."""
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(zone_names()):
        continent, _, place = name.partition("/")
        if place and continent in _CONTINENTS:
            groups[continent].append((name, place.replace("_", " ").replace("/", ", ")))
    first = [(name, name) for name in dict.fromkeys(["UTC", *besides]) if not _is_grouped(name)]
    return [("Universal", first), *groups.items()]


def _is_grouped(name: str) -> bool:
    return name.partition("/")[0] in _CONTINENTS


class ZoneField(forms.TypedChoiceField):
    """One of the offered zones."""

    def __init__(self, *besides: str, **kwargs: Any) -> None:
        errors = {"required": "Choose a time zone.", "invalid_choice": "Choose a time zone from the list."}
        super().__init__(choices=choices(*besides), error_messages=errors, **kwargs)


class ZoneForm(forms.Form):
    """In which zone the demo shows times."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = ZoneField(zone, initial=zone, label="Show times in")
