"""Who belongs to the chosen organization, and as what. For its own administrators, too."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminEmailInputWidget

from authspine.accounts import actions as accounts_actions
from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm
from authspine.api.admin.seat import caller
from authspine.api.admin.tenant import TenantAdmin
from authspine.identity import actions as identity_actions
from authspine.identity.access import MEANT_FOR
from authspine.identity.models import Membership, User
from authspine.identity.rules import check_owner
from authspine.kernel import tenancy
from authspine.privacy import blind


class MemberForm(RefusableForm):
    """Asks for the e-mail address and not for a login: other organizations' logins are nobody's business here."""

    email = forms.EmailField(
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        help_text="Is told by mail, with a link to set a password where there is none",
    )


@admin.register(Membership)
class MembershipAdmin(TenantAdmin):
    resource = "members"
    list_display = ("email", "role", "scope", "since")
    list_filter = ("role",)
    list_select_related = ("user",)
    search_fields = ("user__email_key",)
    search_help_text = "The whole e-mail address"
    ordering = ("-created_at", "-id")

    email = columns.plain(lambda row: row.user.email, "e-mail")
    scope = columns.plain(lambda row: MEANT_FOR[row.role], "may do")
    since = columns.moment("created_at", "member since", sortable=True)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Membership], search_term: str) -> Any:
        term = search_term.strip()
        return (queryset.filter(user__email_key=blind.email_index(User, term)) if term else queryset), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = RefusableForm if obj else MemberForm
        return super().get_form(request, obj, change=change, **{"form": form, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("email", "role", "since") if obj else ("email", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("email", "since") if obj else ()

    def every(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().every(request).filter(organization=caller(request).organization)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        roles = [form.cleaned_data["role"], *_held([obj.id])] if form.changed_data else []
        check_owner(caller(request).who, *roles)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        check_owner(caller(request).who, *_held([obj.id]))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        check_owner(caller(request).who, *_held([row.id for row in queryset]))
        super().delete_queryset(request, queryset)

    def register(self, fields: dict[str, Any]) -> Membership:
        """An invitation. Whoever is asked is told by mail; whoever asks does not learn whether there was a login."""
        organization = tenancy.current().organization
        user = identity_actions.login_for(fields["email"])
        member = identity_actions.new_member(organization, user, role=fields["role"])
        accounts_actions.invite(user, organization)
        return member

    def update(self, row: Membership, changes: dict[str, Any]) -> None:
        identity_actions.add_member(tenancy.current().organization, row.user, role=row.role)

    def remove(self, row: Membership) -> None:
        identity_actions.remove_member(row)


def _held(ids: list[UUID]) -> list[str]:
    """The roles of these members now, which nobody else changes meanwhile; of a new one none."""
    rows = Membership.objects.filter(id__in=ids).order_by("id")
    return list(rows.select_for_update().values_list("role", flat=True))
