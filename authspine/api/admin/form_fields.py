"""Fields of forms that take nothing which breaks a page: JSON as the API and the import read it, and references."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.fields import InvalidJSONInput

from authspine.kernel import strict_json
from authspine.kernel.errors import Invalid

# In a body of the API the value stands inside an object.
MAX_DEPTH = settings.MAX_JSON_DEPTH - 1


class StrictJSONField(forms.JSONField):
    """Django's own takes what cannot be stored, or not be read again, and exhausts the stack over deep nesting."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value not in self.empty_values:
            try:
                strict_json.loads(value, depth=MAX_DEPTH)
            except Invalid as refusal:
                raise forms.ValidationError(refusal.detail, code="invalid") from refusal
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was typed where it is refused."""
        try:
            self.to_python(data)
        except forms.ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


class ReferenceField(forms.ModelChoiceField):
    """Shows no choice for what is no id: the list of choices is looked up by it when the form is shown again."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        found = super().bound_data(data, initial)
        try:
            self.queryset.model._meta.pk.to_python(found)
        except forms.ValidationError:
            return None
        return found
