"""API keys of the chosen organization. A key's text is shown once, when it is made, and kept nowhere."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from authspine.api.admin import columns
from authspine.api.admin.dialogs import move
from authspine.api.admin.refusals import each
from authspine.api.admin.seat import caller
from authspine.api.admin.tenant import TenantAdmin
from authspine.identity import access
from authspine.identity import actions as identity_actions
from authspine.identity.errors import MoreThanOwn
from authspine.identity.models import ApiKey
from authspine.kernel import clock

KEEP = "Keep it now: it is shown this once and never again."
STATES = {"live": "success", "expired": "warning", "revoked": ""}


class RotateForm(BaseDialogForm):
    hours = forms.IntegerField(
        label="Hours for which the old one stays good",
        min_value=0,
        max_value=30 * 24,
        initial=24,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def state_of(row: ApiKey) -> str:
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= clock.now() else "live"


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin):
    resource = "keys"
    list_display = ("label", "scope", "state", "expires", "used", "made")
    list_filter = ("scope",)
    search_fields = ("name", "prefix")
    ordering = ("-created_at", "-id")
    actions = ("revoke_selected",)
    actions_detail = ("rotate", "revoke")

    label = columns.plain(str, "key", order="name")
    state = columns.state(state_of, "state", STATES)
    expires = columns.moment("expires_at", "expires", sortable=True)
    used = columns.moment("last_used_at", "last used")
    revoked = columns.moment("revoked_at", "revoked")
    made = columns.moment("created_at", "made", sortable=True)
    replaced = columns.link("replaces", "in the place of")

    fields = ("name", "prefix", "scope", "state", "expires", "used", "revoked", "made", "replaced", "id")
    readonly_fields = ("prefix", "state", "expires", "used", "revoked", "made", "replaced", "id")
    add_fieldsets = ((None, {"fields": ("name", "scope", "expires_at")}),)

    def every(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().every(request).filter(organization=caller(request).organization).defer("digest")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A key is revoked: what it did still names it.
        return False

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete")

    def has_rotate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "rotate")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        state = state_of(self.row(request, object_id))
        offered = super().get_actions_detail(request, object_id)
        hidden = {"live": "", "expired": "_rotate"}.get(state, "_")
        return [one for one in offered if not hidden or hidden not in one.action_name.removeprefix("identity_apikey")]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not access.covers(caller(request).who, form.cleaned_data["scope"]):
            raise MoreThanOwn(field="scope")
        key, text = identity_actions.create_api_key(caller(request).organization, **form.cleaned_data)
        obj.__dict__.update(key.__dict__)
        messages.warning(request, f"The key is {text} . {KEEP}")

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        each(request, queryset, identity_actions.revoke_api_key, did="revoked")

    @action(
        description="Rotate",
        permissions=["rotate"],
        icon="autorenew",
        dialog={
            "title": "Change this key for another?",
            "description": "A new one with the same name, scope and end is made. For a while both are good.",
            "form_class": RotateForm,
            "form_submit_text": "Make the new key",
        },
    )
    def rotate(self, request: HttpRequest, form: RotateForm, object_id: str) -> HttpResponse:
        row, overlap = self.row(request, object_id), timedelta(hours=form.cleaned_data["hours"])
        page = reverse("admin:identity_apikey_change", args=[row.id])

        def journey() -> None:
            if not access.covers(caller(request).who, row.scope):
                raise MoreThanOwn(field="scope")
            text = identity_actions.rotate_api_key(row, overlap=overlap, now=clock.now())[1]
            messages.warning(request, f"The new key is {text} . {KEEP}")

        return move(request, journey, did=f"{row} has a successor.", back=page)

    @action(
        description="Revoke",
        permissions=["revoke"],
        icon="key_off",
        variant=ActionVariant.DANGER,
        dialog={
            "title": "Revoke this key?",
            "description": "Programs that use it are refused at once. It cannot be taken back.",
            "form_submit_text": "Revoke",
        },
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        page = reverse("admin:identity_apikey_change", args=[row.id])
        return move(request, lambda: identity_actions.revoke_api_key(row), did=f"{row} is revoked.", back=page)
