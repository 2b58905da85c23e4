"""Who offers what, for a price or a duration of their own. Every change goes through the journeys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm, within
from authspine.api.admin.tenant import TenantAdmin
from authspine.kernel.money import Money, format_amount, format_money
from authspine.orchestrator import services
from services.admin.money import read_money
from services.models import Offer

STATES = {"offered": "success", "inactive": ""}
TERMS = ("price", "duration_minutes", "priority", "active")


class OfferForm(RefusableForm):
    """The price is typed in the major unit of the service's currency."""

    price = forms.CharField(
        required=False,
        help_text="empty: the service's",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "75.00"}),
    )

    aliases = {"price_cents": "price"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within(self, duration_minutes=(1, 1440), priority=(0, 32_767))
        if not self.instance._state.adding and self.instance.price:
            self.initial["price"] = format_amount(self.instance.price.amount_cents, self.instance.price.currency)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        service = cleaned.get("service") or (None if self.instance._state.adding else self.instance.service)
        if service and cleaned.get("price"):
            cleaned["price"] = read_money(self, "price", service.currency)
        return cleaned


@admin.register(Offer)
class OfferAdmin(TenantAdmin):
    resource = "offers"
    form = OfferForm
    list_display = ("service_link", "professional_link", "asked", "length", "priority", "state", "since")
    reached_by = ("service",)
    list_filter = ("active",)
    list_select_related = ("service", "professional")
    search_fields = ("external_id",)
    autocomplete_fields = ("service", "professional")
    ordering = ("-id",)

    service_link = columns.link("service", "service")
    professional_link = columns.link("professional", "professional")
    asked = columns.plain(lambda row: format_money(row.price) if row.price else None, "price")
    length = columns.plain(lambda row: row.duration_minutes and f"{row.duration_minutes} min", "duration")
    state = columns.state(lambda row: "offered" if row.active else "inactive", "state", STATES, order="active")
    since = columns.moment("created_at", "since")

    fields = ("service", "professional", *TERMS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("service", "professional") if obj else ()

    def register(self, fields: dict[str, Any]) -> Offer:
        return services.offer(fields.pop("service").id, fields.pop("professional").id, **_terms(fields))[0]

    def update(self, row: Offer, changes: dict[str, Any]) -> None:
        """An offer is replaced as a whole: what was not changed stays as the row has it."""
        kept: dict[str, Any] = {name: getattr(row, name) for name in TERMS}
        services.offer(row.service_id, row.professional_id, **kept | _terms(changes))

    def remove(self, row: Offer) -> None:
        services.take_back_offer(row.service_id, row.professional_id)


def _terms(fields: dict[str, Any]) -> dict[str, Any]:
    """An empty price is none of one's own."""
    price: Money | str | None = fields.get("price")
    return fields | ({"price": price or None} if "price" in fields else {})
