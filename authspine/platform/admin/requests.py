"""Requests that came with a key: whose, and whether they are answered, but not what was answered."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.idempotency.models import KeyedRequest
from authspine.kernel import clock

STATES = {"answered": "success", "in flight": "warning", "left behind": "danger"}


def state_of(row: KeyedRequest) -> str:
    if row.status:
        return "answered"
    return "in flight" if row.lease_until > clock.now() else "left behind"


@admin.register(KeyedRequest)
class KeyedRequestAdmin(ReadOnlyAdmin):
    resource = "requests"
    list_display = ("asked", "route", "key", "state", "status", "principal")
    search_fields = ("key", "route")
    search_help_text = "The key, or a part of the path"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"

    state = columns.state(state_of, "state", STATES)
    asked = columns.moment("created_at", "asked", sortable=True)
    lease = columns.moment("lease_until", "claimed until")

    fields = ("method", "route", "key", "principal", "asked", "state", "status", "run", "lease", "attempt", "id")
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[Any]:
        return super().every(request).defer("headers", "content")
