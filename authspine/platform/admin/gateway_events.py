"""What the payment provider has sent: the installation's own list, since it comes before anybody knows whose it is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.platform.admin.superusers import SuperuserAdmin
from payments.models import GatewayEvent

TONES = {"received": "warning", "done": "success", "rejected": "danger"}


@admin.register(GatewayEvent)
class GatewayEventAdmin(SuperuserAdmin):
    list_display = ("received", "type", "state_word", "event_id", "detail")
    list_filter = ("state",)
    search_fields = ("event_id", "type")
    search_help_text = "The event's id or a part of its type"
    ordering = ("-received_at", "-id")

    state_word = columns.state(lambda row: row.state, "state", TONES, order="state")
    received = columns.moment("received_at", "received", sortable=True)
    happened = columns.moment("happened_at", "happened")
    done = columns.moment("done_at", "worked on")

    fields = ("state_word", "type", "event_id", "api_version", "happened", "received", "done", "detail", "facts", "id")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
