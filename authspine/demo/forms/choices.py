"""What a form offers to choose from, when that is only known as it is made."""

from django import forms

type Options = list[tuple[str, str]]


def offer(form: forms.Form, name: str, options: Options) -> None:
    """Let a field of the form be one of these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = options
