"""The audit: who wrote what and who looked at whom. To be looked at, and never to be changed by anybody."""

import json
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.paginator import InfinitePaginator

from authspine.api.admin import columns
from authspine.api.admin.access_log import TONES
from authspine.api.admin.filters import WhenFilter
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.audit import reading
from authspine.audit.models import AuditEntry
from authspine.privacy import entries


class TimeFilter(WhenFilter):
    title = "time"
    moment = "at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "Today"), ("yesterday", "Yesterday"), ("last_week", "The last 7 days")]


class ResourceFilter(DropdownFilter):
    """By table."""

    title = "resource"
    parameter_name = "resource"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in entries.resources()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(resource=self.value()) if self.value() else queryset


def _told(entry: AuditEntry) -> str:
    return format_html('<pre class="whitespace-pre-wrap">{}</pre>', json.dumps(entries.told(entry), indent=1))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    resource = "audit"
    list_display = ("when", "what", "resource", "row", "actor", "address", "request_id")
    list_filter = (TimeFilter, "verb", ResourceFilter)
    search_fields = ("row",)
    search_help_text = "Id of a row, a client or a professional; an actor, such as user:…; or a request id"
    ordering = ("-at", "-id")
    # Counting all entries would cost more than the page that is looked at.
    paginator = InfinitePaginator

    when = columns.moment("at", "time", sortable=True)
    what = columns.state(lambda row: row.verb, "what", TONES)
    told = columns.plain(_told, "changes")
    whom = columns.plain(lambda row: ", ".join(map(str, row.people or [])) or None, "people shown")
    chained = columns.plain(lambda row: bytes(row.hash).hex() if row.hash else None, "hash")

    fields = (
        "when", "what", "resource", "row", "person", "whom", "actor", "address", "request_id", "told",
        "number", "chained", "id",
    )  # fmt: skip
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str) -> Any:
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            wanted = UUID(term)
        except ValueError:
            return queryset.filter(Q(actor=term) | Q(request_id=term)), False
        found = queryset.filter(Q(row=wanted) | Q(id__in=reading.about(wanted).values("id")))
        return found, False
