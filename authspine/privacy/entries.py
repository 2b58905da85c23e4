"""Entries of the audit as they are shown: what is sealed in them is never opened, and what they were not told is said
so."""

from functools import cache
from typing import Any, Final

from django.apps import apps

from authspine.audit import reading
from authspine.audit.constraints import Audited
from authspine.audit.models import AuditEntry
from authspine.privacy.fields import is_encrypted

SEALED: Final = {"sealed": True}
WITHHELD: Final = {"withheld": True}


def told(entry: AuditEntry) -> dict[str, Any]:
    """The changes of an entry by column: a value, or [before, after] where one was changed."""
    sealed, withheld = _columns(entry.resource)
    is_change = entry.verb == AuditEntry.Verb.CHANGE
    found: dict[str, Any] = {}
    for name, value in entry.changes.items():
        if name in withheld:
            found[name] = WITHHELD
        elif name in sealed:
            found[name] = [_hidden(one) for one in value] if is_change else _hidden(value)
        else:
            found[name] = value
    return found


def fields(entry: AuditEntry) -> list[str]:
    """The names of what was changed; nothing where a row was added, taken away or looked at."""
    return sorted(entry.changes) if entry.verb == AuditEntry.Verb.CHANGE else []


def resources() -> list[str]:
    """What entries can be about, by name."""
    return sorted([model._meta.label for model in apps.get_models() if _audited(model)] + reading.OTHERS)


def _hidden(value: str | None) -> Any:
    """What is empty is stored as nothing."""
    return SEALED if value and value != "\\x" else None


@cache
def _columns(resource: str) -> tuple[frozenset[str], frozenset[str]]:
    """The columns of a table that are sealed, and those that are told of by name alone."""
    try:
        model = apps.get_model(resource)
    except (LookupError, ValueError):  # of a table that is no more, or of no table
        return frozenset(), frozenset()
    sealed = frozenset(field.column for field in model._meta.concrete_fields if is_encrypted(field))
    return sealed, frozenset(name for one in _audited(model) for name in one.withheld)


def _audited(model: Any) -> list[Audited]:
    return [one for one in model._meta.constraints if isinstance(one, Audited)]
