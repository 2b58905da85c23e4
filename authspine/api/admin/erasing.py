"""The dialog over a client's page: what goes and what stays, and a word to be typed."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html, format_html_join
from unfold.forms import BaseDialogForm

from authspine.api.admin.dialogs import text_field
from authspine.api.admin.seat import caller
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import erasure
from authspine.privacy.keeping import GOES_WITH_A_CLIENT, Kept

WORD = "erase"


class EraseForm(BaseDialogForm):
    """Made outside of any scope, it reads in one of its own."""

    word = text_field(f"Type {WORD} to go on", autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = caller(self.request)
        with organization_scope(acting.organization, acting.actor):
            stays = [kept for kept in erasure.kept_of_client(UUID(str(self.object_id))) if kept.count]
        self.fields["word"].help_text = format_html("{}{}", _goes(), _stays(stays))

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip().casefold()
        if typed != WORD:
            raise forms.ValidationError(f"Type the word {WORD}.")
        return typed


def _goes() -> str:
    return format_html("<p>What goes:</p><ul>{}</ul>", format_html_join("", "<li>{}</li>", zip(GOES_WITH_A_CLIENT)))


def _stays(kept: list[Kept]) -> str:
    lines = ((f"{each.count} {each.what}", each.why, each.until or "no end is set") for each in kept)
    told = format_html_join("", "<li>{}. {} Until: {}.</li>", lines)
    return format_html("<p>What stays, without the person:</p><ul>{}</ul>", told)
