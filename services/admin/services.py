"""What the chosen organization sells. Every change goes through the journeys; bookings keep what was agreed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm, checked, each, within
from authspine.api.admin.seat import seat
from authspine.api.admin.tenant import TenantAdmin
from authspine.kernel.currencies import CODES
from authspine.kernel.money import Money, format_amount
from authspine.orchestrator import services
from professionals.rules.starting_points import check_questions
from services import queries as service_queries
from services.admin.money import read_money
from services.models import Service

RECORD = ("id", "external_id", "offers", "requirements", "sessions", "published", "changed")
OFFERED = {"on offer": "success", "withdrawn": ""}


class ServiceForm(RefusableForm):
    """Price and deposit are typed in the major unit of their currency."""

    price = forms.CharField(widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "75.00"}))
    deposit = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "none"}))
    currency = forms.ChoiceField(choices=[(code, code) for code in sorted(CODES)], widget=UnfoldAdminSelectWidget)

    aliases = {"price_cents": "price", "deposit_cents": "deposit"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within(
            self,
            duration_minutes=(1, 1440),
            capacity=(1, 1000),
            buffer_before_minutes=(0, 1440),
            buffer_after_minutes=(0, 1440),
            slot_interval_minutes=(1, 1440),
            slot_offset_minutes=(0, 1439),
            min_notice_minutes=(0, 366 * 24 * 60),
            horizon_days=(0, 3660),
        )
        if not self.instance._state.adding:
            cents, deposit, currency = self.instance.price_cents, self.instance.deposit_cents, self.instance.currency
            self.initial["price"] = format_amount(cents, currency)
            self.initial["deposit"] = format_amount(deposit, currency) if deposit else ""

    def clean_intake_questions(self) -> Any:
        return checked(check_questions, self.cleaned_data["intake_questions"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if currency := cleaned.get("currency"):
            for name in {"price", "deposit"} & set(cleaned):
                cleaned[name] = read_money(self, name, currency)
        price, deposit = cleaned.get("price"), cleaned.get("deposit")
        if isinstance(price, Money) and isinstance(deposit, Money) and price < deposit:
            self.add_error("deposit", "The deposit cannot be more than the price.")
        first, last = cleaned.get("bookable_from"), cleaned.get("bookable_to")
        if first and last and first > last:
            self.add_error("bookable_to", "The last date cannot be before the first.")
        return cleaned


@admin.register(Service)
class ServiceAdmin(TenantAdmin):
    resource = "services"
    form = ServiceForm
    list_display = ("name", "professional_link", "asked", "length", "seats", "offered", "sessions", "published")
    reached_by = ("professional",)
    list_filter = ("active", "location_type", "recurrence")
    list_select_related = ("professional",)
    search_fields = ("search_text",)
    search_help_text = "Name or description"
    autocomplete_fields = ("professional",)
    ordering = ("-created_at", "-id")
    actions = ("withdraw_selected",)

    professional_link = columns.link("professional", "professional")
    asked = columns.money("price_cents", "price", sortable=True)
    length = columns.plain(lambda row: f"{row.duration_minutes} min", "duration", order="duration_minutes")
    seats = columns.plain(lambda row: row.capacity, "seats", order="capacity")
    offered = columns.state(lambda row: "on offer" if row.active else "withdrawn", "state", OFFERED, order="active")
    offers = columns.rows("services_offer", "service", "offers")
    requirements = columns.rows("services_requirement", "service", "requirements")
    sessions = columns.rows("bookings_session", "service", "sessions")
    published = columns.moment("created_at", "published", sortable=True)
    changed = columns.moment("updated_at", "last changed")

    fieldsets = (
        (None, {"fields": ("professional", "name", "description", ("price", "deposit", "currency"), "active")}),
        (
            "When",
            {
                "fields": (
                    ("duration_minutes", "slot_interval_minutes", "slot_offset_minutes"),
                    ("min_notice_minutes", "horizon_days"),
                    ("bookable_from", "bookable_to"),
                )
            },
        ),
        (
            "How",
            {
                "fields": (
                    ("capacity", "requires_approval"),
                    ("buffer_before_minutes", "buffer_after_minutes"),
                    ("location_type", "location", "recurrence"),
                )
            },
        ),
        ("Rules", {"fields": ("policy", "booking_limits"), "classes": ("collapse",)}),
        ("Questions", {"fields": ("intake_questions",), "classes": ("collapse",)}),
        ("More", {"fields": ("metadata",), "classes": ("collapse",)}),
        ("Record", {"fields": RECORD}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # What is new is on offer, and has no record yet.
        shown = super().get_fieldsets(request, obj)
        if obj:
            return shown
        first = {"fields": shown[0][1]["fields"][:-1]}
        return ((None, first), *shown[1:6])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("professional", *RECORD) if obj else RECORD

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        caller = seat(request)
        currency = caller.organization.currency if caller else "USD"
        return {"currency": currency}

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Service], search_term: str) -> Any:
        return service_queries.search(queryset, search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Bookings keep pointing at what was sold: a service is withdrawn, not deleted.
        return False

    def register(self, fields: dict[str, Any]) -> Service:
        professional = fields.pop("professional")
        del fields["currency"]  # said by the price
        return services.publish(professional.id, **_by_id(fields))

    def update(self, row: Service, changes: dict[str, Any]) -> None:
        services.update(row.id, **_by_id(changes))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if "currency" in form.changed_data:
            # A sum is its amount and its currency: they change together.
            form.changed_data[:] = dict.fromkeys([*form.changed_data, "price", "deposit"])
            form.changed_data.remove("currency")
        super().save_model(request, obj, form, change)

    @admin.action(description="Withdraw from sale", permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        each(request, queryset, lambda row: services.deactivate(row.id), did="withdrawn from sale")


def _by_id(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as the journeys take them: a location by its id, no rules as an empty object."""
    location = {"location": fields["location"] and fields["location"].id} if "location" in fields else {}
    return fields | location | {name: {} for name in ("policy", "booking_limits") if fields.get(name, {}) is None}
