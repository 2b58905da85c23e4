"""Columns that hold ciphertext and attributes that hold what it says: opened when it is read, sealed when it is stored.

A row of a person has a `PersonKeyField`, the person's key; its own columns are sealed under it, and so are those of
rows that name the person by a foreign key. What is empty is stored as nothing, which says only that it is empty.

Nothing can be asked of such a column in SQL: whoever filters or sorts by one gets an error, as does whoever writes one
by an UPDATE of many rows. A changed or moved value raises SealBroken when it is read.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.validators import MaxLengthValidator, validate_email
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from authspine.audit import reading
from authspine.kernel.crypto import SealBroken, place_of
from authspine.privacy import keys, people
from authspine.privacy.errors import PersonErased

OWN: Final = ""  # the row is the person
INSTALLATION: Final = "installation"  # sealed under the installation's key
ORGANIZATION: Final = "organization"  # sealed under the organization's key


class Sealed(bytes):
    """A ciphertext on its way from the database to whoever opens it."""

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class _Opened(DeferredAttribute):
    """The attribute: what was read is opened by the first who asks for it."""

    field: "_EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        known = instance.__dict__
        name = self.field.attname
        value = known[name] if name in known else super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = known[name] = self.field.opened(instance, value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # Without it the instance's own dictionary would come first.
        instance.__dict__[self.field.attname] = value


class _EncryptedField(models.Field):  # type: ignore[type-arg]
    """What the kinds share. `person` names whose key it is: the row itself, or a foreign key to the person."""

    descriptor_class = _Opened
    empty_strings_allowed = False

    def __init__(self, *args: Any, person: str = OWN, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, **({"person": self.person} if self.person else {})}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self._name = f"{cls._meta.db_table}|{self.column}".encode()

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Any:
        return self.nothing() if value == b"" else value if value is None else Sealed(value)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The ciphertext. What was read and not looked at is written back as it is, unless a rotation may have retired
        the key that it is under.
        """
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed) and not add and self.person not in (INSTALLATION, ORGANIZATION):
            return value
        value = getattr(model_instance, self.attname)
        return self.sealed(model_instance, value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or isinstance(value, bytes):
            return None if value is None else connection.Database.Binary(value)
        if value == self.nothing():
            return b""
        raise TypeError(f"{self} is encrypted: it can neither be asked for nor be set in a statement of its own.")

    def get_lookup(self, lookup_name: str) -> Any:
        # Without any other, Django refuses: it is an unsupported lookup.
        return super().get_lookup(lookup_name) if lookup_name in ("exact", "in", "isnull") else None

    def get_prep_value(self, value: Any) -> Any:
        return value

    def sealed(self, row: Any, value: Any) -> bytes | None:
        """As it is stored in this row. Raises PersonErased."""
        if value is None:
            return None
        text = self.encoded(value)
        try:
            return self._key(row, writing=True).seal(text, place=self._place(row)) if text else b""
        except people.KeyDestroyed as error:
            raise PersonErased from error

    def opened(self, row: Any, sealed: Sealed) -> Any:
        """What a ciphertext of this row says. Raises SealBroken."""
        try:
            if self.person in (INSTALLATION, ORGANIZATION):
                holder = row.organization_id if self.person == ORGANIZATION else None
                return self.decoded(keys.opened(holder, sealed, self._place(row)))
            text = self._key(row).open(sealed, place=self._place(row))
        except SealBroken as error:
            raise type(error)(f"{self} of {row.pk}: {error}") from None
        reading.opened(*self._whose(row))
        return self.decoded(text)

    def _whose(self, row: Any) -> tuple[str, UUID]:
        if self.person == OWN:
            return row._meta.label, row.pk
        relation = row._meta.get_field(self.person)
        return relation.remote_field.model._meta.label, getattr(row, relation.attname)

    def _key(self, row: Any, *, writing: bool = False) -> Any:
        if self.person == INSTALLATION:
            return keys.live_for_writing(None)
        if self.person == ORGANIZATION:
            return keys.live_for_writing(row.organization_id)
        return people.key_of(row, writing=writing) if self.person == OWN else people.key_of_other(row, self.person)

    def _place(self, row: Any) -> bytes:
        organization: UUID | None = None if self.person == INSTALLATION else row.organization_id
        return place_of(organization, self._name, row.pk)

    def nothing(self) -> Any:
        raise NotImplementedError

    def encoded(self, value: Any) -> bytes:
        raise NotImplementedError

    def decoded(self, text: bytes) -> Any:
        raise NotImplementedError


def is_encrypted(field: Any) -> bool:
    """Whether the column holds ciphertext."""
    return isinstance(field, _EncryptedField)


def sealed_values(row: models.Model, **values: Any) -> dict[str, Any]:
    """These values of this row, as an UPDATE of it takes them: those of encrypted columns sealed."""
    fields: dict[str, Any] = {name: row._meta.get_field(name) for name in values}
    return {
        name: fields[name].sealed(row, value) if isinstance(fields[name], _EncryptedField) else value
        for name, value in values.items()
    }


def preload_keys(rows: Sequence[models.Model]) -> None:
    """Before a page of rows is read: the keys of all people whom something sealed in them is about, by one query."""
    for field in rows[0]._meta.concrete_fields if rows else ():
        if isinstance(field, _EncryptedField) and field.person not in (OWN, INSTALLATION, ORGANIZATION):
            relation: Any = rows[0]._meta.get_field(field.person)
            sealed = [row for row in rows if isinstance(row.__dict__.get(field.attname), Sealed)]
            ids = {getattr(row, relation.attname) for row in sealed if not relation.is_cached(row)}
            people.preload(relation.remote_field.model, ids)


class EncryptedText(_EncryptedField):
    """A line of at most `max_length` characters."""

    def __init__(self, *args: Any, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, max_length=max_length, **kwargs)
        if max_length is not None:
            self.validators.append(MaxLengthValidator(max_length))

    def nothing(self) -> str:
        return ""

    def encoded(self, value: Any) -> bytes:
        return str(value).encode()

    def decoded(self, text: bytes) -> str:
        return text.decode()

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.CharField, "max_length": self.max_length, **kwargs})


class EncryptedParagraphs(EncryptedText):
    """A text of as many lines as there are."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"widget": forms.Textarea, **kwargs})


class EncryptedEmail(EncryptedText):
    """An e-mail address."""

    default_validators = [validate_email]
    description = "E-mail address"

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.EmailField, **kwargs})


class EncryptedJSON(_EncryptedField):
    """An object of JSON; an empty one is stored as nothing."""

    def nothing(self) -> dict[str, Any]:
        return {}

    def encoded(self, value: Any) -> bytes:
        return b"" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def decoded(self, text: bytes) -> Any:
        return json.loads(text)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


class EncryptedBytes(_EncryptedField):
    """Anything else."""

    def nothing(self) -> bytes:
        return b""

    def encoded(self, value: Any) -> bytes:
        return bytes(value)

    def decoded(self, text: bytes) -> bytes:
        return text


class PersonKeyField(models.BinaryField):  # type: ignore[type-arg]
    """A person's key, wrapped by the organization's. Made with the row; without it nothing about the person opens.

    The row of somebody who was erased elsewhere comes in without one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(default=b"", editable=False, blank=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: value for key, value in kwargs.items() if key not in ("default", "blank")}

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if add and getattr(model_instance, "erased_at", None) is None:
            people.prepare(model_instance)
        elif model_instance.data_key:
            # Not as it was read: a rotation may have retired the key that it is under.
            model_instance.data_key = people.rewrapped(model_instance, people.key_of(model_instance))
        return super().pre_save(model_instance, add)


def holder_of(field: Any) -> str | None:
    """Whose key a column's values are under themselves: INSTALLATION, ORGANIZATION, or None for no holder's."""
    if isinstance(field, PersonKeyField):
        return ORGANIZATION
    return field.person if isinstance(field, _EncryptedField) and field.person in (INSTALLATION, ORGANIZATION) else None
