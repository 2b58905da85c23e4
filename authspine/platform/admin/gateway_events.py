"""What the gateway told, of the whole installation: it comes before anybody knows whose it is."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.platform.admin.superusers import SuperuserAdmin
from payments.models import GatewayEvent

TONES = {"received": "warning", "done": "success", "rejected": "danger"}


@admin.register(GatewayEvent)
class GatewayEventAdmin(SuperuserAdmin):
    list_display = ("received", "type", "status", "detail")
    list_filter = ("state",)
    search_fields = ("event_id", "type")
    ordering = ("-received_at", "-id")

    received = columns.moment("received_at", "received", sortable=True)
    happened = columns.moment("happened_at", "happened")
    done = columns.moment("done_at", "worked on")
    status = columns.state(lambda row: row.state, "state", TONES, order="state")

    fields = ("event_id", "type", "status", "detail", "happened", "received", "done", "facts", "api_version", "id")
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[GatewayEvent], search_term: str) -> Any:
        typed = search_term.strip().replace("\0", "")
        return queryset.filter(Q(event_id__startswith=typed) | Q(type__startswith=typed)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
