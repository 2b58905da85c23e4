"""A consent, as a form."""

from django import forms

from clients.models import Consent

# What somebody at the desk can say of it.
HOW = [(value, label) for value, label in Consent.Method.choices if value != Consent.Method.IMPORTED]


class ConsentForm(forms.Form):
    purpose = forms.RegexField(
        "^[a-z0-9_-]+$",
        max_length=50,
        label="To what?",
        help_text="A short word, such as marketing, photos or health_data.",
        error_messages={
            "required": "Enter what the client agrees to.",
            "invalid": "Use lower-case letters, digits, hyphens and underscores.",
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    text_version = forms.CharField(
        max_length=50,
        label="By which version of the text?",
        error_messages={"required": "Enter the version of the text that the client has read."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    method = forms.ChoiceField(
        label="How?", choices=HOW, error_messages={"required": "Choose how.", "invalid_choice": "Choose one of these."}
    )
