"""Self-service links of the chosen organization: which are live, and taking them back. A token is kept nowhere."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authspine.api.admin import columns
from authspine.api.admin.refusals import each
from authspine.api.admin.seat import caller
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.identity import links
from authspine.identity.models import BookingLink
from authspine.kernel import clock

STATES = {"live": "success", "expired": "warning", "revoked": ""}


def state_of(row: BookingLink) -> str:
    if row.revoked_at:
        return "revoked"
    return "live" if row.expires_at > clock.now() else "expired"


@admin.register(BookingLink)
class BookingLinkAdmin(ReadOnlyAdmin):
    resource = "links"
    list_display = ("made", "booking", "state", "expires")
    list_disable_select_all = False
    search_fields = ("booking",)
    search_help_text = "The booking's id"
    ordering = ("-created_at", "-id")
    actions = ("revoke_selected",)

    made = columns.moment("created_at", "made", sortable=True)
    state = columns.state(state_of, "state", STATES)
    expires = columns.moment("expires_at", "expires", sortable=True)
    revoked = columns.moment("revoked_at", "taken back")

    fields = ("booking", "state", "made", "expires", "revoked", "id")
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[Any]:
        return super().every(request).filter(organization=caller(request).organization).defer("digest")

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete")

    @admin.action(description="Take back", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[BookingLink]) -> None:
        each(request, queryset, lambda row: links.revoke_one(row, now=clock.now()), did="taken back")
