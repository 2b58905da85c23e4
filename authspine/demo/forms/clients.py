"""A client, as a form."""

from django import forms


class ClientForm(forms.Form):
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Enter the client's name."},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="Each client has an address of their own.",
        error_messages={
            "required": "Enter the client's e-mail address.",
            "invalid": "Enter an e-mail address such as ana@example.com.",
        },
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput({"type": "tel", "autocomplete": "off"})
    )
    notes = forms.CharField(
        required=False,
        max_length=5000,
        help_text="For your team only.",
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
