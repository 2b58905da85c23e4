"""The organizations of the installation."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget

from authspine.api.admin import columns
from authspine.api.admin.dialogs import go, move, text_field
from authspine.api.admin.refusals import REFUSALS, RefusableForm, sentence, told
from authspine.api.admin.seat import choose, outside_scope
from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization
from authspine.kernel.actor import Actor
from authspine.kernel.currencies import CODES
from authspine.kernel.money import format_amount, parse_money
from authspine.kernel.times import zone_names
from authspine.orchestrator import organizations
from authspine.platform.admin.superusers import SuperuserAdmin

ZONES = [(name, name) for name in sorted(zone_names())]
CURRENCIES = [(code, code) for code in sorted(CODES)]
STATES = {"open": "success", "demo": "info", "closed": ""}


class NewOrganizationForm(BaseDialogForm):
    name = text_field("Name", maxlength=200)
    slug = text_field("Slug", required=False, help_text="Made of the name, if empty; it stays as it is")
    timezone = forms.ChoiceField(label="Time zone", choices=ZONES, initial="UTC", widget=UnfoldAdminSelectWidget)
    currency = forms.ChoiceField(choices=CURRENCIES, initial="USD", widget=UnfoldAdminSelectWidget)


class OrganizationForm(RefusableForm):
    """The limit of refunds is typed in the major unit of the currency."""

    timezone = forms.ChoiceField(label="Time zone", choices=ZONES, widget=UnfoldAdminSelect2Widget)
    currency = forms.ChoiceField(choices=CURRENCIES, widget=UnfoldAdminSelectWidget)
    refund_approval = text_field(
        "Refunds to be approved above",
        required=False,
        help_text="Whoever gives back more than this of a payment needs a second person; no limit, if empty",
        placeholder="no limit",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.refund_approval_cents is not None:
            limit = format_amount(self.instance.refund_approval_cents, self.instance.currency)
            self.initial["refund_approval"] = limit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            self.instance.refund_approval_cents = _cents(cleaned.get("refund_approval"), cleaned.get("currency"))
        except ValueError as fault:
            self.add_error("refund_approval", sentence(fault))
        return cleaned


def _cents(typed: str | None, currency: str | None) -> int | None:
    """The limit that was typed; ValueError when it is no amount."""
    return parse_money(typed, currency).amount_cents if typed and currency else None


def state_of(row: Organization) -> str:
    if row.closed_at:
        return "closed"
    return "demo" if row.is_demo else "open"


@admin.register(Organization)
class OrganizationAdmin(SuperuserAdmin):
    form = OrganizationForm
    list_display = ("name", "slug", "state", "timezone", "currency", "made")
    list_filter = ("is_demo", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug")
    ordering = ("slug",)
    actions_list = ("found",)
    actions_detail = ("show", "close", "reopen")

    state = columns.state(state_of, "state", STATES)
    made = columns.moment("created_at", "made", sortable=True)
    closed = columns.moment("closed_at", "closed")

    fieldsets = (
        (None, {"fields": ("name", "timezone", "currency", "refund_approval")}),
        ("Record", {"fields": ("slug", "state", "is_demo", "id", "made", "closed")}),
    )
    readonly_fields = ("slug", "state", "is_demo", "id", "made", "closed")

    def organization_of(self, request: HttpRequest, object_id: str) -> Organization | None:
        """In whose scope the page of this row runs when none is chosen; None for who may not change it."""
        if not self.has_change_permission(request):
            return None
        found: Organization | None = self.get_object(request, object_id)
        return found

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A new one comes with its verticals, in a scope of its own: see `found`.
        return False

    def has_found_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, object_id)
        hidden = {"show", "close"} if row is None or row.closed_at else {"reopen"}
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.removeprefix("identity_organization_") not in hidden]

    @action(
        description="New organization",
        permissions=["found"],
        icon="add",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "New organization", "form_class": NewOrganizationForm, "form_submit_text": "Make it"},
    )
    @outside_scope
    def found(self, request: HttpRequest, form: NewOrganizationForm) -> HttpResponse:
        page = reverse("admin:identity_organization_changelist")
        asked = {name: form.cleaned_data[name] for name in ("name", "timezone", "currency")}
        slug = form.cleaned_data["slug"] or None
        try:
            made = organizations.create(**asked, slug=slug, actor=Actor("user", request.user.pk))
        except REFUSALS as error:
            messages.error(request, told(error).detail)
        else:
            choose(request, made.slug)
            messages.success(request, f"{made} is made, with its verticals. You now see it.")
        return go(request, page)

    @action(
        description="Show its data",
        permissions=["change"],
        icon="visibility",
        dialog={"title": "Show the data of this organization from now on?", "form_submit_text": "Show"},
    )
    def show(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        chosen = choose(request, row.slug)
        if chosen is not None:
            messages.success(request, f"You now see {chosen}.")
        return go(request, reverse("admin:index"))

    @action(
        description="Close",
        permissions=["change"],
        icon="lock",
        variant=ActionVariant.DANGER,
        dialog={
            "title": "Close this organization?",
            "description": "Its keys stop working and nobody can choose it. Its data stays.",
            "form_submit_text": "Close it",
        },
    )
    def close(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._turn(request, object_id, identity_actions.close_organization, "is closed")

    @action(
        description="Open again",
        permissions=["change"],
        icon="lock_open",
        dialog={"title": "Open this organization again?", "form_submit_text": "Open it"},
    )
    def reopen(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._turn(request, object_id, identity_actions.reopen_organization, "is open again")

    def _turn(self, request: HttpRequest, object_id: str, turn: Any, did: str) -> HttpResponse:
        row = self.row(request, object_id)
        page = reverse("admin:identity_organization_change", args=[row.id])
        return move(request, lambda: turn(row), did=f"{row} {did}.", back=page)
