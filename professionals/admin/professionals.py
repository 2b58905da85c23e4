"""The professionals of the chosen organization, with their working hours. Every change goes through the journeys."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from authspine.api.admin import columns
from authspine.api.admin.dialogs import move
from authspine.api.admin.filters import PresentFilter, VisibleFilter
from authspine.api.admin.refusals import each, within
from authspine.api.admin.seat import seat
from authspine.api.admin.tenant import SoftDeleteAdmin
from authspine.orchestrator import professionals
from professionals import queries as professional_queries
from professionals.admin.hours import OverrideInline, WindowInline, check_hours, days_of, weekly_of
from professionals.admin.places import ZonedForm
from professionals.models import Professional

LIMITS = 'Per day, week and month, such as {"day": {"bookings": 8, "minutes": 480}}; what is not named has no limit'
VERIFIED = {"verified": "success", "not verified": "warning", "not needed": "info"}


def verification(row: Professional) -> str:
    if row.verified_at:
        return "verified"
    return "not verified" if row.vertical.requires_verification else "not needed"


class ProfessionalForm(ZonedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within(self, years_of_experience=(0, 100))
        if "specialties" in self.fields:
            self.fields["specialties"].help_text = "Separated by commas"
        if "booking_limits" in self.fields:
            self.fields["booking_limits"].help_text = LIMITS

    def clean_booking_limits(self) -> Any:
        """An empty field is an object without limits. The journey asks the rule."""
        return self.cleaned_data["booking_limits"] or {}


@admin.register(Professional)
class ProfessionalAdmin(SoftDeleteAdmin):
    resource = "professionals"
    form = ProfessionalForm
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        **SoftDeleteAdmin.formfield_overrides,
        ArrayField: {"widget": UnfoldAdminTextInputWidget},
    }
    inlines = (WindowInline, OverrideInline)
    list_display = ("name", "email", "trade", "verified", "services", "sessions", "onboarded")
    list_filter = (PresentFilter, ("vertical", VisibleFilter), ("verified_at", admin.EmptyFieldListFilter))
    list_select_related = ("vertical",)
    search_fields = ("tokens",)
    search_help_text = "Name, e-mail or specialty"
    ordering = ("-created_at", "-id")
    actions = ("verify_selected",)
    actions_detail = ("verify",)

    trade = columns.link("vertical", "vertical")
    verified = columns.state(verification, "verification", VERIFIED)
    verified_since = columns.moment("verified_at", "verified")
    services = columns.rows("services_service", "professional", "services")
    sessions = columns.rows("bookings_session", "professional", "sessions")
    time_off = columns.rows("professionals_timeoff", "professional", "time off")
    travel = columns.rows("professionals_travelperiod", "professional", "travel")
    onboarded = columns.moment("created_at", "onboarded", sortable=True)
    changed = columns.moment("updated_at", "last changed")
    deleted = columns.moment("deleted_at", "deleted")

    readonly_fields = (
        "verified_since", "services", "sessions", "time_off", "travel",
        "id", "external_id", "onboarded", "changed", "deleted",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("name", "email", "vertical", "timezone")}),
        ("Bookings", {"fields": ("booking_limits",)}),
        ("About", {"fields": ("bio", "specialties", "years_of_experience", "license", "metadata")}),
        ("Record", {"fields": readonly_fields}),
    )
    add_fieldsets = fieldsets[:3]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        # A new professional starts with office hours.
        return self.inlines if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        caller = seat(request)
        return {"timezone": caller.organization.timezone if caller else "UTC"}

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Professional], search_term: str) -> Any:
        found = professional_queries.search(queryset, search_term)
        asked_by_form = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return found.filter(deleted_at=None) if asked_by_form else found, False

    def has_verify_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "verify")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.row(request, object_id)
        return [] if row.verified_at or row.deleted_at else super().get_actions_detail(request, object_id)

    def register(self, fields: dict[str, Any]) -> Professional:
        return professionals.onboard(**fields | {"vertical": fields["vertical"].slug})

    def update(self, row: Professional, changes: dict[str, Any]) -> None:
        if "vertical" in changes:
            changes["vertical"] = changes["vertical"].slug
        professionals.update(row.id, **changes)

    def remove(self, row: Professional) -> None:
        professionals.delete(row.id)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """One journey for all the hours: it replaces the weekly windows and the overrides as a whole."""
        for formset in formsets:
            # Stores nothing; the log reads from it what was changed.
            formset.save(commit=False)
        if any(formset.has_changed() for formset in formsets):
            row = form.instance
            weekly, days = weekly_of(formsets), days_of(row.id, formsets)
            check_hours(row.timezone, weekly, days)
            professionals.set_working_hours(row.id, timezone=row.timezone, weekly=weekly, overrides=dict(days))

    @admin.action(description="Verify", permissions=["verify"])
    def verify_selected(self, request: HttpRequest, queryset: QuerySet[Professional]) -> None:
        each(request, queryset, lambda row: professionals.verify(row.id), did="verified")

    @action(
        description="Verify",
        permissions=["verify"],
        icon="verified",
        dialog={"title": "Have the papers been seen?", "form_submit_text": "Verify"},
    )
    def verify(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        page = reverse("admin:professionals_professional_change", args=[object_id])
        row = self.row(request, object_id)
        return move(request, lambda: professionals.verify(row.id), did=f"{row} is verified.", back=page)
