"""A word to be typed, so that nobody is erased by a slip."""

from django import forms

WORD = "erase"


class EraseForm(forms.Form):
    word = forms.CharField(
        label=f"Type {WORD} to go on",
        max_length=20,
        error_messages={"required": f"Type the word {WORD}."},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip().casefold()
        if typed != WORD:
            raise forms.ValidationError(f"Type the word {WORD}.")
        return typed
