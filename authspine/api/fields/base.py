"""The base of all strict fields."""

from typing import Any, NoReturn

from rest_framework import serializers

type Description = dict[str, Any]


class StrictField(serializers.Field[Any, Any, Any, Any]):
    """A field that says what is wrong in words of its own, and how it looks in OpenAPI."""

    component = ""  # described once under this name, and referred to

    def described(self) -> Description:
        raise NotImplementedError

    def refuse(self, code: str, detail: str) -> NoReturn:
        raise serializers.ValidationError(detail, code=code)


def sentence(error: ValueError) -> str:
    """The words of a rule as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
