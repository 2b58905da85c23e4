"""The clients of the chosen organization. Every change goes through the journeys, which tell of it in events."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action

from authspine.api import takeouts
from authspine.api.admin import columns
from authspine.api.admin.filters import PresentFilter
from authspine.api.admin.seat import caller, may, outside_scope
from authspine.api.admin.tenant import SoftDeleteAdmin
from authspine.orchestrator import clients, takeout
from clients import queries as client_queries
from clients.errors import ClientNotFound
from clients.models import Client


@admin.register(Client)
class ClientAdmin(SoftDeleteAdmin):
    list_display = ("name", "email", "phone", "bookings", "registered")
    list_filter = (PresentFilter, "created_at")
    # Says that there is a search; what it finds is said by `get_search_results`.
    search_fields = ("tokens",)
    search_help_text = "Name, e-mail or end of the phone number"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    actions_detail = ("take_out",)

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

    def has_take_out_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "admin")

    @action(description="Export what we know", permissions=["take_out"], icon="download")
    @outside_scope
    def take_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A file and no page: the journey opens a scope of its own."""
        acting = caller(request)
        try:
            return takeouts.answer(takeout.take_out(acting.organization, acting.actor, UUID(object_id)))
        except (ValueError, ClientNotFound):
            raise Http404 from None
