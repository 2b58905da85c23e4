"""The ledger: double entry, append-only. To be looked at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel.money import Money, format_money
from payments.admin import search
from payments.models import LedgerEntry, LedgerTransaction


def _side(row: LedgerEntry, sign: int) -> str | None:
    """The amount, in the column of its side."""
    return format_money(Money(abs(row.amount_cents), row.currency)) if row.amount_cents * sign > 0 else None


def _entries(row: LedgerTransaction) -> Any:
    lines = ((one.account.replace("_", " "), _side(one, 1) or "", _side(one, -1) or "") for one in row.entries.all())
    body = format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>", lines)
    return columns.table(("Account", "Debit", "Credit"), body)


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ("happened", "kind", "booking_link", "client_link")
    list_filter = ("kind", "currency")
    list_select_related = ("booking__client", "booking__session")
    search_fields = ("booking__client__search_text",)
    search_help_text = search.HELP
    ordering = ("-created_at", "-id")
    date_hierarchy = "at"

    happened = columns.moment("at", "happened")
    booking_link = columns.link("booking", "booking", text=lambda booking: columns.spoken(booking.session.starts_at))
    client_link = columns.link("booking.client", "client")
    entries = columns.plain(_entries, "entries")

    fields = ("happened", "kind", "booking_link", "client_link", "entries", "id", "external_id")
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[LedgerTransaction], search_term: str) -> Any:
        return search.of_booking(queryset, "booking", search_term), False


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("made", "account", "debit", "credit", "professional_link", "transaction_link")
    list_filter = ("account", "currency")
    list_select_related = ("transaction", "professional")
    ordering = ("-created_at", "-id")

    made = columns.moment("created_at", "made", sortable=True)
    debit = columns.plain(lambda row: _side(row, 1), "debit", order="amount_cents")
    credit = columns.plain(lambda row: _side(row, -1), "credit")
    professional_link = columns.link("professional", "professional")
    transaction_link = columns.link("transaction", "transaction")

    fields = ("made", "account", "debit", "credit", "professional_link", "transaction_link", "id", "external_id")
    readonly_fields = fields
