"""The verticals of the chosen organization: its own copies, which it may change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm, checked, within
from authspine.api.admin.tenant import TenantAdmin
from authspine.orchestrator import verticals
from professionals.models import Vertical
from professionals.rules.policies import POLICIES, YEAR_MINUTES
from professionals.rules.starting_points import RETENTION_DAYS, check_questions, check_templates

METHODS = {"card": "Card (and wallet)", "bank": "Bank", "wallet": "Wallet", "cash": "Cash", "invoice": "Invoice"}


class VerticalForm(RefusableForm):
    allowed_payment_methods = forms.MultipleChoiceField(
        choices=METHODS, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within(
            self,
            min_notice_minutes=(0, YEAR_MINUTES),
            deposit_bps=(0, 10_000),
            data_retention_days=RETENTION_DAYS,
            **{name: (bound.least, bound.most) for name, bound in POLICIES.items()},
        )

    def clean_service_templates(self) -> Any:
        return checked(check_templates, self.cleaned_data["service_templates"])

    def clean_intake_questions(self) -> Any:
        return checked(check_questions, self.cleaned_data["intake_questions"])


@admin.register(Vertical)
class VerticalAdmin(TenantAdmin):
    resource = "verticals"
    form = VerticalForm
    list_display = ("display_name", "slug", "requires_verification", "methods", "hold_minutes", "staff")
    search_fields = ("display_name", "slug")
    ordering = ("-created_at", "-id")

    methods = columns.plain(lambda row: ", ".join(row.allowed_payment_methods) or None, "payment methods")
    staff = columns.rows("professionals_professional", "vertical", "professionals")
    made = columns.moment("created_at", "made")
    changed = columns.moment("updated_at", "last changed")

    fieldsets = (
        (None, {"fields": ("display_name", "slug")}),
        ("Compliance", {"fields": ("requires_verification", "data_retention_days", "allowed_payment_methods")}),
        (
            "Bookings",
            {
                "fields": (
                    ("hold_minutes", "min_notice_minutes", "approval_minutes"),
                    ("cancellation_window_minutes", "cancellation_fee_bps", "cancellation_fee_cents"),
                    ("no_show_fee_bps", "no_show_fee_cents"),
                    ("reschedule_window_minutes", "max_reschedules"),
                    ("deposit_bps", "max_open_holds", "max_future_bookings"),
                )
            },
        ),
        ("Starting points", {"fields": ("service_templates", "intake_questions", "metadata")}),
        ("Record", {"fields": ("id", "external_id", "made", "changed")}),
    )
    add_fieldsets = fieldsets[:4]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The slug is what others call it by, in the API and in exports.
        return ("id", "external_id", "made", "changed", *(("slug",) if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def register(self, fields: dict[str, Any]) -> Vertical:
        return verticals.create(**fields)

    def update(self, row: Vertical, changes: dict[str, Any]) -> None:
        verticals.configure(row.slug, **changes)
