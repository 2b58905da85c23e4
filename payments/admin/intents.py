"""Attempts to be paid: the whole story of each on one page, and what can be done about its money."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.decorators import action
from unfold.enums import ActionVariant

from authspine.api.admin import columns
from authspine.api.admin.dialogs import go
from authspine.api.admin.refusals import REFUSALS, told
from authspine.api.admin.seat import caller, outside_scope
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.api.caller import Caller
from authspine.kernel.money import Money, format_money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments import rules
from payments.admin import search
from payments.admin.forms import CaptureForm, RefundForm, intent_of
from payments.models import PaymentIntent, RefundRequest

TONES = {
    "pending": "warning",
    "processing": "warning",
    "requires action": "warning",
    "authorized": "warning",
    "succeeded": "success",
    "failed": "danger",
}
IDS = ("gateway_id", "id", "external_id")
STORY_TONES = {"alert": "danger", "dispute": "danger", "approval": "warning", "refund": "warning", "attempt": "info"}


def story(row: PaymentIntent) -> Any:
    """Everything that happened about this payment, oldest first."""
    lines = [
        {
            "at": columns.show_moment(line.at),
            "kind": columns.show_state(line.kind, STORY_TONES),
            "text": line.text,
            "detail": line.detail,
            "page": _page(line.row),
        }
        for line in payments.story(row.id)
    ]
    return render_to_string("admin/payment_story.html", {"lines": lines})


def _page(row: Any) -> str:
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]) if row else ""
    except NoReverseMatch:
        return ""


def _open_moves(intent: PaymentIntent) -> set[str]:
    """What can be done about its money now."""
    live, found = intent.status in rules.LIVE, set()
    if intent.status == PaymentIntent.Status.AUTHORIZED:
        found.add("capture")
    if live and not intent.captured_cents:
        found.add("cancel")
    if intent.through_gateway and intent.gateway_id:
        found.add("look")
    return found | ({"refund"} if intent.left.amount_cents else set())


def _ledger(row: PaymentIntent) -> Any:
    """The ledger knows bookings: several payments of one make one account."""
    query = urlencode({"booking__id__exact": str(row.booking_id)})
    address = reverse("admin:payments_ledgertransaction_changelist")
    return format_html('<a class="{}" href="{}?{}">Show</a>', columns.LINK, address, query)


@admin.register(PaymentIntent)
class PaymentIntentAdmin(ReadOnlyAdmin):
    resource = "payments"
    list_display = ("started", "client_link", "booking_link", "kind", "state", "amount", "captured", "given_back")
    reached_by = ("booking",)
    list_filter = ("status", "method")
    list_select_related = ("booking__client", "booking__session")
    search_fields = ("gateway_id",)
    search_help_text = f"{search.HELP}, or the gateway's id of the payment"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    actions_detail = ("capture", "refund", "cancel", "look")

    client_link = columns.link("booking.client", "client")
    booking_link = columns.link("booking", "booking", text=lambda booking: columns.spoken(booking.session.starts_at))
    kind = columns.plain(lambda row: row.method.capitalize(), "method", order="method")
    state = columns.state(lambda row: row.status.replace("_", " "), "status", TONES, order="status")
    amount = columns.money("amount_cents", "amount", sortable=True)
    captured = columns.money("captured_cents", "captured")
    given_back = columns.money("refunded_cents", "given back")
    told = columns.plain(story, "what happened")
    capture_mode = columns.plain(lambda row: row.capture, "captured")
    fee = columns.money("fee_cents", "fee")
    disputed = columns.money("disputed_cents", "disputed")
    refunds = columns.rows("payments_refund", "intent", "refunds")
    disputes = columns.rows("payments_dispute", "intent", "disputes")
    alerts = columns.rows("payments_alert", "intent", "alerts")
    ledger = columns.plain(_ledger, "ledger of the booking")
    started = columns.moment("created_at", "started", sortable=True)
    processed = columns.moment("processed_at", "carried out")

    fieldsets = (
        (None, {"fields": ("state", "kind", "client_link", "booking_link", "failure_code", "failure_detail")}),
        ("Money", {"fields": ("amount", "captured", "given_back", "disputed", "fee", "fee_is_known")}),
        ("Story", {"fields": ("told", "refunds", "disputes", "alerts", "ledger")}),
        ("Record", {"fields": ("purpose", "capture_mode", "off_session", "started", "processed", *IDS)}),
    )
    readonly_fields = tuple(name for _, part in fieldsets for name in part["fields"])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        by_gateway = Q(gateway_id__startswith=search_term.strip())
        return search.of_booking(queryset, "booking", search_term, also=by_gateway), False

    def has_move_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "capture")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        offered, now = super().get_actions_detail(request, object_id), _open_moves(intent_of(object_id))
        return [one for one in offered if one.action_name.removeprefix("payments_paymentintent_") in now]

    def _run(self, request: HttpRequest, object_id: Any, journey: Callable[[Caller], str]) -> HttpResponse:
        """A journey that talks to the gateway, so it opens scopes of its own; gives what is said of it."""
        try:
            did = journey(caller(request))
        except REFUSALS as error:
            messages.error(request, told(error).detail)
        else:
            messages.success(request, did)
        return go(request, reverse("admin:payments_paymentintent_change", args=[object_id]))

    @action(
        description="Refund",
        permissions=["move"],
        icon="undo",
        variant=ActionVariant.DANGER,
        dialog={"title": "Give money back", "form_class": RefundForm, "form_submit_text": "Refund"},
    )
    @outside_scope
    def refund(self, request: HttpRequest, form: RefundForm, object_id: str) -> HttpResponse:
        """Above the organization's limit it is asked for, and a second person approves it."""
        asked: Any = {name: form.cleaned_data[name] for name in ("amount", "reason")}

        def journey(acting: Caller) -> str:
            given = payments.refund_or_ask(acting.organization, acting.actor, intent=form.intent.id, **asked)
            amount = format_money(given.amount)
            if isinstance(given, RefundRequest):
                return f"{amount} is more than one person may give back: a second person has to approve it."
            is_back = given.status == "succeeded"
            return f"{amount} {'is given back' if is_back else 'is on its way back; the bank takes its time'}."

        return self._run(request, form.intent.id, journey)

    @action(
        description="Capture",
        permissions=["move"],
        icon="price_check",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Take what is authorized", "form_class": CaptureForm, "form_submit_text": "Capture"},
    )
    @outside_scope
    def capture(self, request: HttpRequest, form: CaptureForm, object_id: str) -> HttpResponse:
        asked: Any = {name: form.cleaned_data[name] for name in ("amount", "more_follows")}

        def journey(acting: Caller) -> str:
            taken = payments.capture(acting.organization, acting.actor, form.intent.id, **asked)
            return f"{format_money(Money(taken.captured_cents, taken.currency))} is captured altogether."

        return self._run(request, form.intent.id, journey)

    @action(
        description="Cancel",
        permissions=["move"],
        icon="cancel",
        variant=ActionVariant.DANGER,
        dialog={"title": "Give up this attempt, and let go what it holds?", "form_submit_text": "Cancel it"},
    )
    @outside_scope
    def cancel(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        def journey(acting: Caller) -> str:
            payments.cancel(acting.organization, acting.actor, _id_of(acting, object_id))
            return "The payment is cancelled."

        return self._run(request, object_id, journey)

    @action(
        description="Look again",
        permissions=["move"],
        icon="sync",
        dialog={"title": "Ask the provider what became of it?", "form_submit_text": "Ask"},
    )
    @outside_scope
    def look(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        def journey(acting: Caller) -> str:
            found = payments.look(acting.organization, acting.actor, _id_of(acting, object_id))
            return f"The provider says: {found.status.replace('_', ' ')}."

        return self._run(request, object_id, journey)


def _id_of(acting: Caller, object_id: str) -> Any:
    """Raises Http404 where this organization has no such payment."""
    with organization_scope(acting.organization, acting.actor):
        return intent_of(object_id).id
