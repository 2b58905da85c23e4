"""Reading the tags: what a column is, what leads to a person, and what nobody has tagged."""

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models

from authspine.privacy.fields import EncryptedBytes, EncryptedJSON, EncryptedText, PersonKeyField
from authspine.privacy.tags import TABLES, Table

CLIENT: Final = "clients.Client"
LOGIN: Final = "identity.User"


class Tag(Enum):
    PERSONAL = "personal"
    SUBJECT = "subject"
    HIDDEN = "hidden"
    NEUTRAL = "neutral"


class Untagged(LookupError):
    """Nobody has said whether a column is personal."""


def tables() -> list[type[models.Model]]:
    """Every model with a table of its own, those of Django and of the queue, too."""
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def columns(model: type[models.Model]) -> list[Any]:
    return list(model._meta.local_concrete_fields)


def tag(model: type[models.Model], field: Any) -> Tag:
    """What a column is. Raises Untagged."""
    found = _own(field) or next((each for each in Tag if field.name in _named(model, each)), None)
    if found is None:
        raise Untagged(f"{model._meta.label}.{field.name}")
    return found


def personal(model: type[models.Model]) -> list[Any]:
    """The columns that say something of a person."""
    return [field for field in columns(model) if tag(model, field) is Tag.PERSONAL]


def is_told(model: type[models.Model]) -> bool:
    """Whether its rows are about clients, and a client's export tells them."""
    return bool(of_client(model)) and not _table(model).untold


@cache
def of_client(model: type[models.Model]) -> str:
    """The look-up by which a row names the client whom it is about; empty where it names none.

    The client's own and the login by `id`; any other by the shortest way of references, or by a column for the id of
    somebody.
    """
    if model._meta.label in (CLIENT, LOGIN):
        return "id"
    by_id = (name for name in _named(model, Tag.SUBJECT) if isinstance(model._meta.get_field(name), models.UUIDField))
    return _way(model, apps.get_model(CLIENT)) or next(by_id, "")


def faults() -> Iterator[str]:
    """What is wrong with the tags, in words; nothing when every column has exactly one."""
    here = {model._meta.label: model for model in tables()}
    for label in TABLES:
        if label not in here:
            yield f"{label} is tagged and is no table."
    for label, model in here.items():
        yield from (f"{label}.{name} {wrong}" for name, wrong in _wrong_columns(model))
        if not (is_told(model) or _table(model).untold) and _has_personal(model):
            yield f"{label} has personal columns and leads to no client: `untold` must say why an export is without it."


def check(**options: Any) -> list[CheckMessage]:
    """Django's own checks, so that no command runs with a column that nobody has thought of."""
    return [Error(fault, hint="See authspine/privacy/tags.py.", id="privacy.E001") for fault in faults()]


def _wrong_columns(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    known = {field.name: field for field in columns(model)}
    named = [name for each in Tag for name in _named(model, each)]
    for name, field in known.items():
        if _own(field) and name in named:
            yield name, "says by its class what it is: it must not be tagged as well."
        elif not _own(field) and named.count(name) != 1:
            yield name, "must be tagged once, as personal or not."
    for name in named:
        if name not in known:
            yield name, "is tagged and is no column."
    for name, reason in _table(model).clear.items():
        if not reason:
            yield name, "is personal and not encrypted: say why."


def _has_personal(model: type[models.Model]) -> bool:
    clear = _table(model).clear
    return any(_own(field) is Tag.PERSONAL or field.name in clear for field in columns(model))


def _own(field: Any) -> Tag | None:
    """What a column is by its class."""
    if isinstance(field, EncryptedText | EncryptedJSON | EncryptedBytes):
        return Tag.PERSONAL
    if isinstance(field, models.AutoField | models.BigAutoField):
        return Tag.NEUTRAL
    if field.remote_field:
        return Tag.SUBJECT if _is_person(field.remote_field.model) else Tag.NEUTRAL
    return None


def _is_person(model: type[models.Model]) -> bool:
    return model._meta.label == LOGIN or any(isinstance(field, PersonKeyField) for field in columns(model))


def _named(model: type[models.Model], which: Tag) -> list[str]:
    table = _table(model)
    if which is Tag.PERSONAL:
        return list(table.clear)
    return str(getattr(table, which.value)).split()


def _table(model: type[models.Model]) -> Table:
    return TABLES.get(model._meta.label) or Table()


def _way(model: type[models.Model], to: type[models.Model]) -> str:
    """The shortest way from a row to one of `to` by references, as a look-up."""
    ways, seen = [(model, "")], {model}
    for here, way in ways:  # grows while it is walked
        for field in columns(here):
            if not field.remote_field:
                continue
            there = field.remote_field.model
            if there is to:
                return f"{way}{field.name}"
            if there not in seen:
                seen.add(there)
                ways.append((there, f"{way}{field.name}__"))
    return ""
