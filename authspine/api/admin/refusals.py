"""Refusals in words: beside the field they are about when a form was sent, as a message otherwise. Never a 500."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest

from authspine.api.errors import as_platform_error
from authspine.kernel.errors import PlatformError

REFUSALS = (PlatformError, DatabaseError, InterfaceError)


def told(error: Exception) -> PlatformError:
    """What is said of one of REFUSALS; a fault of the program is raised again."""
    refusal = as_platform_error(error)
    if refusal is None:
        raise error
    return refusal


class RefusableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A record's form that can be shown again with what its journey refused."""

    # Set on the class that is made for one request, when its journey has refused.
    refusal: ClassVar[PlatformError | None] = None
    # What the record calls a field -> what the form calls it.
    aliases: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # What is changed is told by the record, also where a field's default is made by a function.
            field.show_hidden_initial = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal is not None:
            tell(self, self.refusal, self.aliases)
        return cleaned


def tell(form: forms.BaseForm, refusal: PlatformError, aliases: dict[str, str]) -> None:
    """Put each fault beside its field; what has no field here stands at the top."""
    if not refusal.faults:
        form.add_error(None, refusal.detail)
    for fault in refusal.faults:
        name = aliases.get(fault.field, fault.field)
        form.add_error(name if name in form.fields else None, fault.detail)


def each[T](request: HttpRequest, rows: Iterable[T], journey: Callable[[T], object], *, did: str) -> None:
    """Run a journey for each row, in a savepoint of its own, and tell for each how it went.

    `did` is what is said of those that went well, after their names. The others stay as they were.
    """
    done: list[T] = []
    for row in rows:
        try:
            with transaction.atomic():
                journey(row)
        except REFUSALS as error:
            messages.error(request, f"{row}: {told(error).detail}")
        else:
            done.append(row)
    if done:
        messages.success(request, f"{', '.join(map(str, done))}: {did}.")


def sentence(fault: ValueError) -> str:
    """What a rule says is wrong, as a sentence."""
    text = str(fault)
    return f"{text[:1].upper()}{text[1:]}."


def checked(check: Callable[[Any], Any], value: Any) -> Any:
    """A list that was typed, as the rule keeps it; nothing typed is an empty one."""
    try:
        return check([] if value is None else value)
    except ValueError as fault:
        raise forms.ValidationError(sentence(fault)) from fault


def within(form: forms.BaseForm, **bounds: tuple[int, int]) -> None:
    """Keep number fields between two bounds, as the table's constraints do, but in words."""
    for name, (least, most) in bounds.items():
        if field := form.fields.get(name):
            field.validators += [
                MinValueValidator(least, f"This is at least {least}."),
                MaxValueValidator(most, f"This is at most {most:,}."),
            ]
            field.widget.attrs |= {"min": least, "max": most}
