"""What a caller with a part of the rows only may name, send and see: asked in one place for every view.

Whatever is not theirs is looked for under an id that nobody has, so that it reads in every answer as what is not there.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Model
from rest_framework.serializers import BaseSerializer

from authspine.api.caller import Caller
from authspine.identity import access, own
from authspine.identity.access import CLIENT, NOT_TAKEN, PROFESSIONAL, Who
from authspine.kernel.errors import Missing, NotAllowed
from authspine.kernel.ids import new_id

# Where nobody is named it is by whoever is free, and where no service is it is any; of these by their own alone.
BY_THEMSELVES: Final = frozenset({("bookings", "create"), ("availability", "show_slots")})
THEIR_OWN: Final[Mapping[Who, tuple[str, ...]]] = {
    PROFESSIONAL: ("professional",),
    CLIENT: ("professional", "service"),
}


def in_path(caller: Caller, of: str, named: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a path as this caller may name them; `of` is the model whose row `id` is. Runs in the scope."""
    labels = {"id": of, **{f"{name}_id": label for name, label in own.NAMED.items()}}
    return _seen(caller, labels, named)


def in_body(caller: Caller, resource: str, action: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent or asked, as this caller may. Runs in the scope. Raises NotAllowed."""
    refuse(caller, resource, sent)
    seen = _seen(caller, own.NAMED, sent)
    if (resource, action) in BY_THEMSELVES:
        for name in THEIR_OWN[caller.who]:
            if not sent.get(name):
                theirs = own.first(own.NAMED[name], caller.eyes) or new_id()
                seen[name] = [theirs] if resource == "availability" else theirs
    return seen


def refuse(caller: Caller, resource: str, sent: Mapping[str, Any]) -> None:
    """Nothing that this caller may not send is among what was sent. Raises NotAllowed."""
    refused = sorted(name for name in NOT_TAKEN.get((resource, caller.who), ()) if sent.get(name))
    if refused:
        raise NotAllowed(f"You may not send {refused[0]}.", field=refused[0])


def check(caller: Caller, resource: str, typed: Mapping[str, Any]) -> None:
    """The same for a form, whose choices are rows. Raises NotAllowed, Missing."""
    refuse(caller, resource, typed)
    for name, label in own.NAMED.items():
        row = typed.get(name)
        if isinstance(row, Model) and not own.is_visible(label, row.pk, caller.eyes):
            raise Missing(field=name)


def _seen(caller: Caller, labels: Mapping[str, str], named: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _one(caller, labels[name], value) if name in labels else value for name, value in named.items()}


def _one(caller: Caller, label: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_one(caller, label, each) for each in value]
    if not isinstance(value, UUID):
        return value
    return value if label and own.is_visible(label, value, caller.eyes) else new_id()


def hidden(caller: Caller, resource: str) -> frozenset[str]:
    """The fields of this resource's answers that the caller is not shown."""
    return access.hidden(caller.who, resource)


class Without:
    """A writer of answers that leaves fields out."""

    def __init__(self, writer: BaseSerializer[Any], fields: frozenset[str]) -> None:
        self.writer, self.fields = writer, fields

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown = self.writer.to_representation(row)
        return {name: value for name, value in shown.items() if name not in self.fields}
