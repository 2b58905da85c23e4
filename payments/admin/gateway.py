"""What the gateway has told of an organization: who it knows, attempts to keep a card, disputes, and alerts."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from authspine.api.admin import columns
from authspine.api.admin.dialogs import go
from authspine.api.admin.seat import caller
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel import clock
from authspine.kernel.money import format_money
from payments.actions import alerts
from payments.models import Alert, Customer, Dispute, MethodSetup

SETUPS = {"pending": "warning", "requires action": "warning", "succeeded": "success", "failed": "danger"}
DISPUTES = {"open": "warning", "won": "success", "lost": "danger"}


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    resource = "payment_methods"
    list_display = ("made", "client_link", "gateway_id")
    list_select_related = ("client",)
    search_fields = ("gateway_id",)
    search_help_text = "The gateway's id"
    ordering = ("-id",)

    client_link = columns.link("client", "client")
    made = columns.moment("created_at", "made")

    fields = ("client_link", "gateway_id", "made", "id", "external_id")
    readonly_fields = fields


@admin.register(MethodSetup)
class MethodSetupAdmin(ReadOnlyAdmin):
    resource = "payment_methods"
    list_display = ("started", "client_link", "kind", "state", "failure_code")
    list_filter = ("status", "type")
    list_select_related = ("client",)
    search_fields = ("gateway_id",)
    search_help_text = "The gateway's id"
    ordering = ("-created_at", "-id")

    client_link = columns.link("client", "client")
    kind = columns.plain(lambda row: row.type.capitalize(), "kind", order="type")
    state = columns.state(lambda row: row.status.replace("_", " "), "status", SETUPS, order="status")
    started = columns.moment("created_at", "started", sortable=True)

    # Neither the address to approve it at nor what the gateway calls the card: both are the client's.
    fields = (
        "client_link",
        "kind",
        "state",
        "failure_code",
        "is_default",
        "started",
        "gateway_id",
        "id",
        "external_id",
    )
    readonly_fields = fields


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    resource = "payments"
    list_display = ("opened", "amount", "state", "intent_link", "client_link", "reason")
    reached_by = ("intent",)
    list_filter = ("status",)
    list_select_related = ("intent__booking__client",)
    search_fields = ("gateway_id",)
    search_help_text = "The gateway's id of the dispute"
    ordering = ("-created_at", "-id")

    amount = columns.money("amount_cents", "amount", sortable=True)
    state = columns.state(lambda row: row.status, "status", DISPUTES, order="status")
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))
    client_link = columns.link("intent.booking.client", "client")
    opened = columns.moment("created_at", "opened", sortable=True)

    fields = ("state", "amount", "reason", "intent_link", "client_link", "opened", "gateway_id", "id", "external_id")
    readonly_fields = fields


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    resource = "alerts"
    list_display = ("noticed", "what", "subject", "detail", "state", "intent_link")
    reached_by = ("intent",)
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter))
    list_select_related = ("intent",)
    search_fields = ("subject",)
    search_help_text = "What it is about, such as the gateway's id"
    ordering = ("-created_at", "-id")
    actions_detail = ("settle",)

    what = columns.plain(lambda row: row.kind.replace("_", " "), "what", order="kind")
    state = columns.state(lambda row: "settled" if row.settled_at else "open", "state", {"open": "danger"})
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))
    noticed = columns.moment("created_at", "noticed", sortable=True)
    settled = columns.moment("settled_at", "settled")

    fields = (
        "state", "what", "subject", "detail", "intent_link", "noticed", "settled", "settled_by", "id", "external_id",
    )  # fmt: skip
    readonly_fields = fields

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "settle")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        still_open = self.row(request, object_id).settled_at is None
        return super().get_actions_detail(request, object_id) if still_open else []

    @action(
        description="Settle",
        permissions=["settle"],
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Has this been looked at?", "form_submit_text": "Settle"},
    )
    def settle(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        if alerts.settle(row, by=str(caller(request).actor), now=clock.now()):
            messages.success(request, "The alert is settled.")
        else:
            messages.error(request, "Somebody has settled it already.")
        return go(request, reverse("admin:payments_alert_change", args=[row.id]))
