"""The clients of the chosen organization. Every change goes through the journeys, which tell of it in events."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from authspine.api.admin import columns
from authspine.api.admin.dialogs import go, text_field
from authspine.api.admin.filters import PresentFilter
from authspine.api.admin.refusals import REFUSALS, told
from authspine.api.admin.seat import caller, may, outside_scope
from authspine.api.admin.tenant import SoftDeleteAdmin
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, erasure
from authspine.privacy.keeping import GOES_WITH_A_CLIENT, Kept
from clients import queries as client_queries
from clients.models import Client

WORD = "erase"


class EraseForm(BaseDialogForm):
    """What goes and what stays, and a word to be typed. Made outside of any scope, it reads in one of its own."""

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


@admin.register(Client)
class ClientAdmin(SoftDeleteAdmin):
    list_display = ("called", "email", "phone", "bookings", "registered")
    list_filter = (PresentFilter, "created_at")
    # Says that there is a search; what it finds is said by `get_search_results`.
    search_fields = ("tokens",)
    search_help_text = "Name, e-mail or end of the phone number"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"

    actions_detail = ("erase",)

    called = columns.plain(str, "name")
    bookings = columns.rows("bookings_booking", "client", "bookings")
    methods = columns.rows("payments_paymentmethod", "client", "ways to pay")
    registered = columns.moment("created_at", "registered", sortable=True)
    changed = columns.moment("updated_at", "last changed")
    deleted = columns.moment("deleted_at", "deleted")

    readonly_fields = ("id", "external_id", "bookings", "methods", "registered", "changed", "deleted")
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "notes")}),
        ("More", {"fields": ("preferences", "metadata"), "classes": ("collapse",)}),
        ("Record", {"fields": readonly_fields}),
    )
    add_fieldsets = fieldsets[:2]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Client], search_term: str) -> Any:
        return client_queries.search(queryset, search_term), False

    def register(self, fields: dict[str, Any]) -> Client:
        return clients.register(**fields)

    def update(self, row: Client, changes: dict[str, Any]) -> None:
        clients.update(row.id, **changes)

    def remove(self, row: Client) -> None:
        clients.delete(row.id)

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "admin")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        return [] if self.row(request, object_id).erased_at else super().get_actions_detail(request, object_id)

    @action(
        description="Erase",
        permissions=["erase"],
        icon="person_off",
        variant=ActionVariant.DANGER,
        dialog={"title": "Erase this person for good?", "form_class": EraseForm, "form_submit_text": "Erase"},
    )
    @outside_scope
    def erase(self, request: HttpRequest, form: EraseForm, object_id: str) -> HttpResponse:
        acting = caller(request)
        try:
            receipt = erasure.erase_client(acting.organization, acting.actor, UUID(object_id))
        except REFUSALS as error:
            messages.error(request, told(error).detail)
            return go(request, reverse("admin:clients_client_change", args=[object_id]))
        messages.success(request, "The client is erased. This is the receipt.")
        return go(request, reverse("admin:privacy_erasure_change", args=[receipt.id]))
