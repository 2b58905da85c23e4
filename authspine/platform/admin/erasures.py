"""Receipts of erasures: that somebody was erased, what is kept of it, why and until when. Nothing of who it was."""

from django.contrib import admin
from django.utils.html import format_html_join

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.privacy.models import Erasure

TONES = {"none": "", "pending": "warning", "done": "success"}


def _kept(row: Erasure) -> str:
    lines = ((f"{each.count} {each.what}", each.why, each.until or "no end is set") for each in row.what_is_kept)
    return format_html_join("", "<p><strong>{}</strong>: {} Until: {}.</p>", lines)


def _erased(row: Erasure) -> str:
    return format_html_join("", "<p>{} {}</p>", ((each["count"], each["what"]) for each in row.erased))


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    resource = "erasures"
    list_display = ("erased_on", "kind", "person", "provider_state", "by")
    list_filter = ("kind", "provider")
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"

    provider_state = columns.state(lambda row: row.provider, "payment provider", TONES, order="provider")
    erased_on = columns.moment("created_at", "erased", sortable=True)
    answered = columns.moment("provider_done_at", "erased at the provider")
    what_went = columns.plain(_erased, "what went")
    what_stays = columns.plain(_kept, "what is kept")

    fields = ("kind", "person", "erased_on", "by", "what_went", "what_stays", "provider_state", "answered", "id")
    readonly_fields = fields
