"""Ways to pay that clients keep on file. What the gateway calls them stays on the server."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from payments.admin.search import of_client
from payments.models import PaymentMethod


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    resource = "payment_methods"
    list_display = ("kind", "client_link", "brand", "ending", "is_default", "added")
    reached_by = ("client",)
    list_filter = ("type", "is_default")
    list_select_related = ("client",)
    # Says that there is a search; what it finds is said by `get_search_results`.
    search_fields = ("client__tokens",)
    search_help_text = "The client's name, e-mail or end of the phone number"
    ordering = ("-created_at", "-id")

    kind = columns.plain(lambda row: row.type.capitalize(), "kind", order="type")
    client_link = columns.link("client", "client")
    ending = columns.plain(lambda row: f"… {row.last4}" if row.last4 else None, "ending")
    added = columns.moment("created_at", "added", sortable=True)

    fields = ("client_link", "kind", "brand", "ending", "is_default", "provider", "added", "id", "external_id")
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[PaymentMethod]:
        return super().every(request).defer("provider_method_id")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[PaymentMethod], search_term: str) -> Any:
        return queryset.filter(of_client("client", search_term)) if search_term.strip() else queryset, False
