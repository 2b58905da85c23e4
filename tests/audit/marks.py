"""Marks that stand for people: put into all that is sealed of them, looked for in answers, and their looks counted."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max

from authspine.audit import reading
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.privacy.fields import (
    INSTALLATION,
    ORGANIZATION,
    OWN,
    EncryptedEmail,
    EncryptedJSON,
    EncryptedText,
    is_encrypted,
    sealed_values,
)
from tests.audit.entries import entries
from tests.rest import content

# In place of the one word of each person: letters that stand nowhere else, and a number.
WORD = "quetzalq%03dx"
PHONE = "+49 1577 888%03d99"


class Marked:
    """The people of an organization, each with marks of their own, and who of them an answer shows without a word."""

    def __init__(self, organization: Organization, actor: str) -> None:
        self.organization, self.actor = organization, actor
        self.marks: dict[UUID, tuple[str, str]] = {}
        with organization_scope(organization, SYSTEM):
            for model in apps.get_models():
                self._mark(model)

    def _mark(self, model: Any) -> None:
        sealed = [field for field in model._meta.concrete_fields if is_encrypted(field) and _is_of_somebody(field)]
        for row in model._base_manager.filter(organization=self.organization).order_by("pk") if sealed else ():
            told = {field.name: self._said(field, row) for field in sealed}
            model._base_manager.filter(pk=row.pk).update(**sealed_values(row, **told))

    def _said(self, field: Any, row: Any) -> Any:
        person = row.pk if field.person == OWN else getattr(row, f"{field.person}_id")
        word, phone = self.marks.setdefault(person, (WORD % len(self.marks), PHONE % len(self.marks)))
        if isinstance(field, EncryptedJSON):
            return _with(getattr(row, field.name), word)
        if isinstance(field, EncryptedEmail):
            return f"{word}@canary.example"
        assert isinstance(field, EncryptedText)
        if field.name == "cancellation_reason" and row.cancellation_reason == "":
            return ""  # of what is not cancelled
        return phone if field.name == "phone" else f"{word} {field.name}"

    def unseen(self, send: Callable[[], Any]) -> set[UUID] | None:
        """Whom the answer shows, without an entry by its request; None where it shows nobody."""
        with organization_scope(self.organization, SYSTEM):
            before = reading.entries().aggregate(last=Max("id"))["last"]
        text = "".join(_texts(send())).lower()
        shown = {person for person, marks in self.marks.items() if any(mark in text for mark in marks)}
        if not shown:
            return None
        for entry in entries(self.organization, id__gt=before, actor=self.actor):
            if entry.resource == reading.EXPORT:
                return set()
            shown -= {entry.person, *(entry.people or [])}
        return shown

    def sweep(
        self, asked: Iterator[tuple[str, Callable[[], Any]]], *, enough: int = 0
    ) -> tuple[dict[str, set[UUID]], set[str]]:
        """Requests that show somebody without a word, with whom, or `enough` of them; and all that show somebody."""
        silent, showing = {}, set()
        for name, send in asked:
            found = self.unseen(send)
            if found is not None:
                showing.add(name)
            if found:
                silent[name] = found
                if len(silent) == enough:
                    break
        return silent, showing


def _is_of_somebody(field: Any) -> bool:
    return field.person not in (INSTALLATION, ORGANIZATION)


def _with(said: Any, word: str) -> Any:
    """The answers to questions keep their form; an object has one mark."""
    return [{**one, "answer": word} for one in said] if isinstance(said, list) else {"said": word}


def _texts(response: Any) -> Iterator[str]:
    """What an answer says, in its body, in files that are in it, and in what it leaves for the next page to say."""
    body = content(response)
    yield body.decode(errors="replace")
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield from (archive.read(name).decode() for name in archive.namelist())
    yield str(response.cookies)
