"""The ledger: transactions with their entries, of everything, of a booking, of a professional. To be looked at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.paginator import InfinitePaginator

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel.money import format_money
from payments.admin import search
from payments.models import LedgerEntry, LedgerTransaction

TONES = {
    "payment": "success",
    "earning": "info",
    "refund": "warning",
    "fee": "",
    "dispute": "danger",
    "correction": "danger",
}


def _entries(row: LedgerTransaction) -> Any:
    """One line for each, debits first."""
    found = sorted(row.entries.all(), key=lambda entry: (entry.amount_cents < 0, entry.account))
    lines = ((entry.account.replace("_", " "), format_money(entry.amount)) for entry in found)
    return format_html_join("", '<div class="whitespace-nowrap">{} {}</div>', lines)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    resource = "ledger"
    list_display = ("written", "state", "booking_link", "client_link", "told")
    reached_by = ("booking",)
    list_filter = ("kind",)
    list_select_related = ("booking__client", "booking__session")
    search_fields = ("booking__client__tokens",)
    search_help_text = search.HELP
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    paginator = InfinitePaginator

    written = columns.moment("at", "when")
    state = columns.state(lambda row: row.kind, "kind", TONES, order="kind")
    booking_link = columns.link("booking", "booking", text=lambda booking: columns.spoken(booking.session.starts_at))
    client_link = columns.link("booking.client", "client")
    told = columns.plain(_entries, "entries")
    entries = columns.rows("payments_ledgerentry", "transaction", "entries")

    fields = ("state", "written", "booking_link", "client_link", "told", "entries", "currency", "id", "external_id")
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[LedgerTransaction]:
        return super().every(request).prefetch_related("entries")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[LedgerTransaction], search_term: str) -> Any:
        return search.of_booking(queryset, "booking", search_term), False


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    resource = "ledger"
    list_display = ("written", "kind", "account", "amount", "professional_link", "transaction_link")
    reached_by = ("transaction",)
    list_filter = ("account",)
    list_select_related = ("transaction__booking__session", "professional")
    ordering = ("-created_at", "-id")
    paginator = InfinitePaginator

    written = columns.moment("transaction.at", "when")
    kind = columns.plain(lambda row: row.transaction.kind, "kind")
    amount = columns.money("amount_cents", "amount", sortable=True)
    professional_link = columns.link("professional", "professional")
    transaction_link = columns.link("transaction", "transaction", text=lambda transaction: transaction.kind)

    fields = ("account", "amount", "professional_link", "transaction_link", "written", "id", "external_id")
    readonly_fields = fields
