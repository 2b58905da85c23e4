"""The clients of the chosen organization, with their consents. Every change goes through the journeys."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSingleDateWidget

from authspine.api import takeouts
from authspine.api.admin import access_log, columns
from authspine.api.admin.dialogs import go, move, text_field
from authspine.api.admin.filters import PresentFilter
from authspine.api.admin.refusals import REFUSALS, told
from authspine.api.admin.seat import caller, may, outside_scope, rendered
from authspine.api.admin.tenant import ReadOnlyAdmin, SoftDeleteAdmin, TenantInline
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, erasure, takeout
from authspine.privacy.keeping import GOES_WITH_A_CLIENT, Kept
from clients import queries as client_queries
from clients import rules
from clients.errors import ClientNotFound
from clients.models import Client, Consent

STATES = {"live": "success", "ended": ""}


def hold_of(row: Client) -> str | None:
    """What a client's legal hold goes by, and until when."""
    if row.legal_hold_at is None:
        return None
    held = rules.is_held(row, timezone.localdate())
    until = f", until {row.legal_hold_until}" if row.legal_hold_until else ""
    return f"{row.legal_hold_reference}{until}{'' if held else ' (over)'}"


class HoldForm(BaseDialogForm):
    """What a legal hold goes by, and until when."""

    reference = text_field("Reference", help_text="A file number; nothing about a person", maxlength=100)
    until = forms.DateField(
        required=False, widget=UnfoldAdminSingleDateWidget, help_text="The last date; until it is lifted, if empty"
    )


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A consent that is given, or one whose end can be told and nothing else."""

    class Meta:
        model = Consent
        fields = ("purpose", "text_version", "method", "withdrawn_how")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new, is_live = self.instance._state.adding, self.instance.withdrawn_at is None
        fixed = {"withdrawn_how"} if is_new else {"purpose", "text_version", "method"}
        for name in fixed if is_live else self.fields:
            self.fields[name].disabled = True
        if is_live:
            self.fields["withdrawn_how"].choices = [("", "–"), *Consent.Method.choices]  # type: ignore[attr-defined]


class ConsentInline(TenantInline):
    resource = "consents"
    model = Consent
    form = ConsentForm
    fields = ("purpose", "text_version", "method", "given", "withdrawn_how", "withdrawn")
    readonly_fields = ("given", "withdrawn")
    ordering = ("-created_at", "-id")
    can_delete = False

    given = columns.moment("given_at", "given")
    withdrawn = columns.moment("withdrawn_at", "withdrawn")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    resource = "consents"
    list_display = ("purpose", "text_version", "state", "client_link", "given", "method", "withdrawn")
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter), "method")
    list_select_related = ("client",)
    search_fields = ("purpose", "text_version")
    ordering = ("-created_at", "-id")

    state = columns.state(lambda row: "ended" if row.withdrawn_at else "live", "state", STATES)
    client_link = columns.link("client", "client")
    given = columns.moment("given_at", "given")
    withdrawn = columns.moment("withdrawn_at", "withdrawn")
    noted = columns.moment("created_at", "noted")

    readonly_fields = (
        "client_link", "purpose", "text_version", "state", "given", "method", "withdrawn", "withdrawn_how",
        "noted", "id", "external_id",
    )  # fmt: skip
    fieldsets = ((None, {"fields": readonly_fields, "description": "Given and withdrawn on the client's page."}),)


WORD = "erase"


class EraseForm(BaseDialogForm):
    """What goes and what stays, and a word to be typed. Made outside of any scope, it reads in one of its own."""

    word = text_field(f"Type {WORD} to go on", autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = caller(self.request)
        with organization_scope(acting.organization, acting.actor):
            stays = [kept for kept in erasure.kept_of_client(UUID(str(self.object_id))) if kept.count]
        self.fields["word"].help_text = format_html("{}{}", _goes(), _stays(stays))

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip().casefold()
        if typed != WORD:
            raise forms.ValidationError(f"Type the word {WORD}.")
        return typed


def _goes() -> str:
    return format_html("<p>What goes:</p><ul>{}</ul>", format_html_join("", "<li>{}</li>", zip(GOES_WITH_A_CLIENT)))


def _stays(kept: list[Kept]) -> str:
    lines = ((f"{each.count} {each.what}", each.why, each.until or "no end is set") for each in kept)
    told = format_html_join("", "<li>{}. {} Until: {}.</li>", lines)
    return format_html("<p>What stays, without the person:</p><ul>{}</ul>", told)


@admin.register(Client)
class ClientAdmin(SoftDeleteAdmin):
    resource = "clients"
    list_display = ("called", "email", "phone", "bookings", "registered")
    list_filter = (PresentFilter, "created_at")
    # Says that there is a search; what it finds is said by `get_search_results`.
    search_fields = ("tokens",)
    search_help_text = "Name, e-mail or end of the phone number"
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"
    inlines = (ConsentInline,)
    actions_detail = ("access_log", "take_out", "hold", "lift_hold", "erase")

    called = columns.plain(str, "name")
    bookings = columns.rows("bookings_booking", "client", "bookings")
    methods = columns.rows("payments_paymentmethod", "client", "ways to pay")
    legal_hold = columns.plain(hold_of, "legal hold")
    registered = columns.moment("created_at", "registered", sortable=True)
    changed = columns.moment("updated_at", "last changed")
    deleted = columns.moment("deleted_at", "deleted")

    readonly_fields = ("legal_hold", "id", "external_id", "bookings", "methods", "registered", "changed", "deleted")
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "notes")}),
        ("More", {"fields": ("preferences", "metadata"), "classes": ("collapse",)}),
        ("Record", {"fields": readonly_fields}),
    )
    add_fieldsets = fieldsets[:2]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Client], search_term: str) -> Any:
        return client_queries.search(queryset, search_term), False

    def register(self, fields: dict[str, Any]) -> Client:
        return clients.register(**fields)

    def update(self, row: Client, changes: dict[str, Any]) -> None:
        clients.update(row.id, **changes)

    def remove(self, row: Client) -> None:
        clients.delete(row.id)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        # Only who is registered can agree to anything.
        return self.inlines if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """A journey for each consent that is withdrawn or given, in this order: both may be of one purpose."""
        for formset in formsets:
            # Stores nothing; the log reads from it what was changed.
            formset.save(commit=False)
            changed = [one for one in formset.forms if one.has_changed()]
            for one in sorted(changed, key=lambda one: one.instance._state.adding):
                told = one.cleaned_data
                if one.instance._state.adding:
                    given = {name: told[name] for name in ("purpose", "text_version", "method")}
                    clients.consent(form.instance.id, **given)
                else:
                    clients.withdraw_consent(form.instance.id, one.instance.id, how=told["withdrawn_how"])

    def has_hold_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "legal_holds", "change")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row, offered = self.row(request, object_id), super().get_actions_detail(request, object_id)
        if row.erased_at:
            return [one for one in offered if one.action_name.endswith("_access_log")]
        if row.deleted_at:  # but still known
            return [one for one in offered if one.action_name.endswith(("_access_log", "_take_out", "_erase"))]
        return [one for one in offered if row.legal_hold_at or not one.action_name.endswith("_lift_hold")]

    @action(
        description="Legal hold",
        permissions=["hold"],
        icon="gavel",
        dialog={
            "title": "Keep this client from being deleted or erased?",
            "form_class": HoldForm,
            "form_submit_text": "Put under hold",
        },
    )
    def hold(self, request: HttpRequest, form: HoldForm, object_id: str) -> HttpResponse:
        row, told = self.row(request, object_id), form.cleaned_data
        asked = {"reference": told["reference"], "until": told["until"]}
        return move(
            request, lambda: clients.hold(row.id, **asked), did="Nobody deletes this client.", back=self._page(row)
        )

    @action(
        description="Lift the hold",
        permissions=["hold"],
        icon="lock_open",
        variant=ActionVariant.DANGER,
        dialog={"title": "Let this client be deleted or erased again?", "form_submit_text": "Lift the hold"},
    )
    def lift_hold(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        return move(request, lambda: clients.lift_hold(row.id), did="The hold is lifted.", back=self._page(row))

    @staticmethod
    def _page(row: Client) -> str:
        return reverse("admin:clients_client_change", args=[row.id])

    def has_access_log_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "access_log", "read")

    @action(description="Who saw and changed it", permissions=["access_log"], icon="history")
    def access_log(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        return access_log.shown(request, row, back=self._page(row), context=self.admin_site.each_context(request))

    def has_take_out_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "export")

    @action(description="Export what we know", permissions=["take_out"], icon="download")
    @outside_scope
    def take_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A file, for who asks by the button of a page: no dialog answers with one, and a link writes nothing.

        The journey opens a scope of its own.
        """
        acting = caller(request)
        if request.method != "POST":
            more = {"title": "Export what we know", "back": reverse("admin:clients_client_change", args=[object_id])}
            with organization_scope(acting.organization, acting.actor):
                context = {**self.admin_site.each_context(request), **more}
                return rendered(TemplateResponse(request, "admin/take_out.html", context))
        try:
            return takeouts.answer(takeout.take_out(acting.organization, acting.actor, UUID(object_id)))
        except (ValueError, ClientNotFound):
            raise Http404 from None

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "erase")

    @action(
        description="Erase",
        permissions=["erase"],
        icon="person_off",
        variant=ActionVariant.DANGER,
        dialog={"title": "Erase this person for good?", "form_class": EraseForm, "form_submit_text": "Erase"},
    )
    @outside_scope
    def erase(self, request: HttpRequest, form: EraseForm, object_id: str) -> HttpResponse:
        acting = caller(request)
        try:
            receipt = erasure.erase_client(acting.organization, acting.actor, UUID(object_id))
        except REFUSALS as error:
            messages.error(request, told(error).detail)
            return go(request, reverse("admin:clients_client_change", args=[object_id]))
        messages.success(request, "The client is erased. This is the receipt.")
        return go(request, reverse("admin:privacy_erasure_change", args=[receipt.id]))
