"""Text: only JSON strings, trimmed, without characters that cannot be stored or that fool the reader."""

import re
from typing import Any
from uuid import UUID

from django.core.validators import EmailValidator, URLValidator
from rest_framework import serializers

from authspine.api.fields.base import Description, StrictField

MAX_TEXT = 10_000

# Control characters, line breaks of every kind, and the marks that turn the direction of the text after them.
NOT_IN_A_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
# Of those a longer text may have line breaks and tabs.
NOT_IN_TEXT = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
CANONICAL_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class TextField(StrictField, serializers.CharField):
    """Text of several lines, trimmed. Only JSON strings: DRF's own takes numbers too."""

    forbidden = NOT_IN_TEXT

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_TEXT)
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> str:
        if not isinstance(value, str):
            self.refuse("not_a_string", "Must be a string.")
        if re.search(f"[{self.forbidden}]", value):
            self.refuse("control_character", "Contains a character that cannot stand in text.")
        return str(super().to_internal_value(value))

    def described(self) -> Description:
        fine = f"[^{self.forbidden}]*"
        pattern = f"^{fine}$" if self.allow_blank else rf"^{fine}[^{self.forbidden}\s]{fine}$"
        return {"type": "string", "maxLength": self.max_length, "pattern": pattern}


class LineField(TextField):
    """Text of one line, such as a name."""

    forbidden = NOT_IN_A_LINE

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)


class EmailField(LineField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.validators.append(EmailValidator(message="Enter an e-mail address."))

    def described(self) -> Description:
        return {"type": "string", "format": "email", "maxLength": self.max_length}


class AddressField(LineField):
    """The address of a web page, where a browser is sent to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1000, **kwargs)
        self.validators.append(URLValidator(schemes=["https", "http"], message="Enter a web address."))

    def described(self) -> Description:
        return {"type": "string", "format": "web-address", "examples": ["https://example.com/paid"]}


class SlugField(LineField):
    """A short name in a URL: lower-case letters, digits, hyphens and underscores."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, **kwargs)

    def to_internal_value(self, value: Any) -> str:
        slug = super().to_internal_value(value)
        if not re.fullmatch("[a-z0-9_-]+", slug):
            self.refuse("invalid_slug", "Must be lower-case letters, digits, hyphens and underscores.")
        return slug

    def described(self) -> Description:
        return {"type": "string", "pattern": "^[a-z0-9_-]+$", "maxLength": self.max_length}


class TextsField(StrictField):
    """An object of texts by names that are the caller's matter: `{"name": "text"}`. A text may be empty."""

    def __init__(self, *, most: int, max_length: int, **kwargs: Any) -> None:
        self.most, self.text = most, TextField(max_length=max_length, allow_blank=True)
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.refuse("not_an_object", "Must be an object.")
        if len(value) > self.most:
            self.refuse("too_many", f"Must have at most {self.most} entries.")
        read, faults = {}, {}
        for name, text in value.items():
            try:
                read[name] = self.text.run_validation(text)
            except serializers.ValidationError as error:
                faults[name[:60]] = error.detail
        if faults:
            raise serializers.ValidationError(faults)
        return read

    def described(self) -> Description:
        return {"type": "object", "additionalProperties": self.text.described(), "maxProperties": self.most}


class WordField(StrictField, serializers.ChoiceField):
    """One of a few words. Compared exactly: DRF's own takes `1` for `"1"`."""

    def to_internal_value(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            self.refuse("invalid_choice", f"Must be one of {', '.join(map(str, self.choices))}.")
        return value

    def described(self) -> Description:
        return {"type": "string", "enum": list(self.choices)}


class IdField(StrictField):
    """A UUID in its canonical form, so that one row has one name."""

    def to_internal_value(self, value: Any) -> UUID:
        if not isinstance(value, str) or not re.fullmatch(CANONICAL_UUID, value):
            self.refuse("invalid_id", "Must be a UUID in lower case, with hyphens.")
        return UUID(value)

    def to_representation(self, value: UUID) -> str:
        return str(value)

    def described(self) -> Description:
        return {"type": "string", "format": "uuid"}
