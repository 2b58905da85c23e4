"""JSON that is typed into a form, read by the rule that the API and the import have."""

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
