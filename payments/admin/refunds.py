"""Money given back: to be looked at. It is given back on the payment's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel.money import format_money
from payments.admin import search
from payments.models import Refund

TONES = {"pending": "warning", "succeeded": "success", "failed": "danger"}


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    resource = "refunds"
    list_display = ("asked", "amount", "state", "intent_link", "client_link", "reason")
    reached_by = ("intent",)
    list_filter = ("status",)
    list_select_related = ("intent__booking__client",)
    search_fields = ("id",)
    search_help_text = search.HELP
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"

    amount = columns.money("amount_cents", "amount", sortable=True)
    state = columns.state(lambda row: row.status, "status", TONES, order="status")
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))
    client_link = columns.link("intent.booking.client", "client")
    asked = columns.moment("created_at", "asked for", sortable=True)
    processed = columns.moment("processed_at", "carried out")

    fields = (
        "state", "amount", "reason", "intent_link", "client_link", "asked", "processed",
        "gateway_id", "failure_code", "id", "external_id",
    )  # fmt: skip
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Refund], search_term: str) -> Any:
        return search.of_booking(queryset, "intent__booking", search_term), False
