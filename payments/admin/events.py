"""What a human must look at, and what clients' banks take back."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from authspine.api.admin import columns
from authspine.api.admin.dialogs import move
from authspine.api.admin.people import email_of
from authspine.api.admin.seat import caller, may
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel import clock
from authspine.kernel.money import format_money
from payments.actions import alerts
from payments.admin import search
from payments.models import Alert, Dispute

DISPUTE_TONES = {"open": "warning", "won": "success", "lost": "danger"}
ALERT_TONES = {"open": "danger", "looked at": "success"}


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("raised", "kind", "state", "detail", "intent_link")
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter))
    list_select_related = ("intent",)
    search_fields = ("subject", "detail")
    ordering = ("-created_at", "-id")
    actions_detail = ("settle",)

    raised = columns.moment("created_at", "raised", sortable=True)
    settled = columns.moment("settled_at", "looked at")
    state = columns.state(lambda row: "looked at" if row.settled_at else "open", "state", ALERT_TONES)
    by = columns.plain(lambda row: row.settled_email or row.settled_by or None, "by")
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))

    fields = ("state", "kind", "detail", "subject", "intent_link", "raised", "settled", "by", "id", "external_id")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).annotate(settled_email=email_of("settled_by"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Alert], search_term: str) -> Any:
        typed = search_term.strip().replace("\0", "")
        return queryset.filter(Q(subject__icontains=typed) | Q(detail__icontains=typed)), False

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "write")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        return [] if self.row(request, object_id).settled_at else super().get_actions_detail(request, object_id)

    @action(
        description="Looked at",
        permissions=["settle"],
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Has somebody looked at this, and is it in order?", "form_submit_text": "It is in order"},
    )
    def settle(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row, by = self.row(request, object_id), str(caller(request).actor)
        page = reverse("admin:payments_alert_change", args=[row.id])
        return move(request, lambda: alerts.settle(row, by=by, now=clock.now()), did="Noted.", back=page)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("opened", "amount", "state", "reason", "intent_link", "client_link")
    list_filter = ("status",)
    list_select_related = ("intent__booking__client",)
    search_fields = ("gateway_id",)
    search_help_text = f"{search.HELP}, or the gateway's id of the dispute"
    ordering = ("-created_at", "-id")

    opened = columns.moment("created_at", "seen", sortable=True)
    changed = columns.moment("updated_at", "changed")
    amount = columns.money("amount_cents", "amount", sortable=True)
    state = columns.state(lambda row: row.status, "status", DISPUTE_TONES, order="status")
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))
    client_link = columns.link("intent.booking.client", "client")

    fields = (
        "state", "amount", "reason", "intent_link", "client_link", "opened", "changed", "gateway_id", "id",
        "external_id",
    )  # fmt: skip
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Dispute], search_term: str) -> Any:
        by_gateway = Q(gateway_id__startswith=search_term.strip())
        return search.of_booking(queryset, "intent__booking", search_term, also=by_gateway), False
