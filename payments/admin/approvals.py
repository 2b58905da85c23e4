"""Refunds that wait for a second person: the list of what is to be approved, each approved or refused on its page."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from authspine.api.admin import columns
from authspine.api.admin.dialogs import ReasonForm, go, move
from authspine.api.admin.people import email_of, spoken
from authspine.api.admin.refusals import REFUSALS, told
from authspine.api.admin.seat import caller, outside_scope
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel.money import format_money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments.admin import search
from payments.models import RefundRequest

TONES = {"asked": "warning", "approved": "success", "refused": "danger"}


class StateFilter(admin.SimpleListFilter):
    """Those that wait, unless others are asked for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("approved", "Approved"), ("refused", "Refused"), ("every", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield dict(first) | {"display": "To approve"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[RefundRequest]) -> QuerySet[RefundRequest]:
        if self.value() == "every":
            return queryset
        known = self.value() in RefundRequest.Status.values
        return queryset.filter(status=self.value() if known else RefundRequest.Status.ASKED)


@admin.register(RefundRequest)
class RefundRequestAdmin(ReadOnlyAdmin):
    resource = "refunds"
    list_display = ("asked", "amount", "state", "intent_link", "client_link", "asked_by", "reason")
    list_filter = (StateFilter,)
    list_select_related = ("intent__booking__client",)
    search_fields = ("id",)
    search_help_text = search.HELP
    ordering = ("-created_at", "-id")
    actions_detail = ("approve", "refuse")

    amount = columns.money("amount_cents", "amount", sortable=True)
    state = columns.state(lambda row: row.status, "status", TONES, order="status")
    intent_link = columns.link("intent", "payment", text=lambda intent: format_money(intent.amount))
    client_link = columns.link("intent.booking.client", "client")
    refund_link = columns.link("refund", "refund")
    asked = columns.moment("created_at", "asked for", sortable=True)
    asked_by = columns.plain(
        lambda row: spoken(row.requested_by, row.asked_email) or row.requested_by.partition(":")[0], "asked for by"
    )
    approver = columns.plain(lambda row: spoken(row.approved_by, row.approved_email), "approved by")
    refuser = columns.plain(lambda row: spoken(row.refused_by, row.refused_email), "refused by")
    decided = columns.moment("decided_at", "decided")

    fields = (
        "state", "amount", "reason", "intent_link", "client_link", "asked", "asked_by",
        "decided", "approver", "refuser", "decision_reason", "refund_link", "id", "external_id",
    )  # fmt: skip
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[RefundRequest]:
        people = {"asked_email": "requested_by", "approved_email": "approved_by", "refused_email": "refused_by"}
        return super().every(request).annotate(**{name: email_of(actor) for name, actor in people.items()})

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[RefundRequest], search_term: str) -> Any:
        return search.of_booking(queryset, "intent__booking", search_term), False

    def has_move_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "approve")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Who asked can take it back, and not approve it."""
        row, offered = self.row(request, object_id), super().get_actions_detail(request, object_id)
        hidden = {"approve"} if row.requested_by == str(caller(request).actor) else set()
        if row.status != RefundRequest.Status.ASKED:
            return []
        return [one for one in offered if one.action_name.removeprefix("payments_refundrequest_") not in hidden]

    @action(
        description="Approve",
        permissions=["move"],
        icon="check",
        variant=ActionVariant.PRIMARY,
        dialog={
            "title": "Give this money back?",
            "description": "It is claimed now, and the provider is asked at once.",
            "form_submit_text": "Approve and refund",
        },
    )
    @outside_scope
    def approve(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """Talks to the gateway, so it opens scopes of its own."""
        acting = caller(request)
        with organization_scope(acting.organization, acting.actor):
            asked = self.row(request, object_id)
        try:
            given = payments.approve_refund(acting.organization, acting.actor, asked.id)
        except REFUSALS as error:
            messages.error(request, told(error).detail)
        else:
            ends = "is given back" if given.status == "succeeded" else "is on its way back; the bank takes its time"
            messages.success(request, f"Approved: {format_money(given.amount)} {ends}.")
        return go(request, self._page(asked))

    @action(
        description="Refuse",
        permissions=["move"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog={"title": "Say no to this refund?", "form_class": ReasonForm, "form_submit_text": "Refuse"},
    )
    def refuse(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        asked, reason = self.row(request, object_id), form.cleaned_data["reason"]
        return move(
            request,
            lambda: payments.refuse_refund(asked.id, reason=reason),
            did="The refund is refused.",
            back=self._page(asked),
        )

    @staticmethod
    def _page(row: RefundRequest) -> str:
        return reverse("admin:payments_refundrequest_change", args=[row.id])
