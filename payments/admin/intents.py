"""Attempts to be paid: to be looked at, and to give money back from."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.decorators import action
from unfold.enums import ActionVariant

from authspine.api.admin import columns
from authspine.api.admin.dialogs import ReasonForm, go, text_field
from authspine.api.admin.refusals import REFUSALS, sentence, told
from authspine.api.admin.seat import caller, may, outside_scope
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel.money import Money, format_amount, format_money, parse_money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from payments.admin import search
from payments.models import PaymentIntent

TONES = {
    "pending": "warning",
    "processing": "warning",
    "requires action": "warning",
    "succeeded": "success",
    "failed": "danger",
}


class RefundForm(ReasonForm):
    """How much, and why. It is made outside of any scope, so it reads the payment in one of its own."""

    amount = text_field("Amount", required=False)

    field_order = ("amount", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = caller(self.request)
        with organization_scope(acting.organization, acting.actor):
            self.intent = _intent(str(self.object_id))
        left = self.intent.left
        self.fields["amount"].help_text = f"All that is left, {format_money(left)}, if empty"
        self.fields["amount"].widget.attrs["placeholder"] = format_amount(left.amount_cents, left.currency)

    def clean_amount(self) -> Money | None:
        if not (typed := self.cleaned_data["amount"]):
            return None
        try:
            return parse_money(typed, self.intent.currency)
        except ValueError as fault:
            raise forms.ValidationError(sentence(fault)) from fault


def _intent(object_id: str) -> PaymentIntent:
    try:
        return PaymentIntent.objects.get(id=object_id)
    except (PaymentIntent.DoesNotExist, ValueError, forms.ValidationError) as error:
        raise Http404 from error


def _ledger(row: PaymentIntent) -> Any:
    """The ledger knows bookings: several payments of one make one account."""
    query = urlencode({"booking__id__exact": str(row.booking_id)})
    address = reverse("admin:payments_ledgertransaction_changelist")
    return format_html('<a class="{}" href="{}?{}">Show</a>', columns.LINK, address, query)


@admin.register(PaymentIntent)
class PaymentIntentAdmin(ReadOnlyAdmin):
    list_display = ("started", "client_link", "booking_link", "kind", "state", "amount", "captured", "given_back")
    list_filter = ("status", "method")
    list_select_related = ("booking__client", "booking__session")
    search_fields = ("gateway_id",)
    search_help_text = f"{search.HELP}, or the gateway's id of the payment"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    actions_detail = ("refund",)

    client_link = columns.link("booking.client", "client")
    booking_link = columns.link("booking", "booking", text=lambda booking: columns.spoken(booking.session.starts_at))
    kind = columns.plain(lambda row: row.method.capitalize(), "method", order="method")
    state = columns.state(lambda row: row.status.replace("_", " "), "status", TONES, order="status")
    amount = columns.money("amount_cents", "amount", sortable=True)
    captured = columns.money("captured_cents", "captured")
    given_back = columns.money("refunded_cents", "given back")
    fee = columns.money("fee_cents", "fee")
    disputed = columns.money("disputed_cents", "disputed")
    refunds = columns.rows("payments_refund", "intent", "refunds")
    disputes = columns.rows("payments_dispute", "intent", "disputes")
    alerts = columns.rows("payments_alert", "intent", "alerts")
    ledger = columns.plain(_ledger, "ledger of the booking")
    started = columns.moment("created_at", "started", sortable=True)
    processed = columns.moment("processed_at", "carried out")

    fieldsets = (
        (
            None,
            {"fields": ("state", "kind", "purpose", "client_link", "booking_link", "failure_code", "failure_detail")},
        ),
        ("Money", {"fields": ("amount", "captured", "given_back", "disputed", "fee", "fee_is_known")}),
        ("What became of it", {"fields": ("refunds", "disputes", "alerts", "ledger")}),
        ("Record", {"fields": ("started", "processed", "gateway_id", "id", "external_id")}),
    )
    readonly_fields = tuple(name for _, part in fieldsets for name in part["fields"])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        by_gateway = Q(gateway_id__startswith=search_term.strip())
        return search.of_booking(queryset, "booking", search_term, also=by_gateway), False

    def has_refund_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "write")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        return super().get_actions_detail(request, object_id) if _intent(object_id).left.amount_cents else []

    @action(
        description="Refund",
        permissions=["refund"],
        icon="undo",
        variant=ActionVariant.DANGER,
        dialog={"title": "Give money back", "form_class": RefundForm, "form_submit_text": "Refund"},
    )
    @outside_scope
    def refund(self, request: HttpRequest, form: RefundForm, object_id: str) -> HttpResponse:
        """Talks to the gateway, so it opens scopes of its own."""
        acting, asked = caller(request), form.cleaned_data
        try:
            given = payments.refund(
                acting.organization, acting.actor, intent=form.intent.id, amount=asked["amount"], reason=asked["reason"]
            )
        except REFUSALS as error:
            messages.error(request, told(error).detail)
        else:
            amount = format_money(Money(given.amount_cents, given.currency))
            ends = "is given back" if given.status == "succeeded" else "is on its way back; the bank takes its time"
            messages.success(request, f"{amount} {ends}.")
        return go(request, reverse("admin:payments_paymentintent_change", args=[form.intent.id]))
