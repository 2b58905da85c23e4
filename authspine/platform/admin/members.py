"""Who belongs to the chosen organization, and as what. For its own administrators, too."""

from typing import Any

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
        by = caller(request).who
        if not change:
            obj.__dict__.update(self._invite(form.cleaned_data, by).__dict__)
        elif form.changed_data:
            identity_actions.add_member(caller(request).organization, obj.user, role=obj.role, by=by)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        identity_actions.remove_member(obj, by=caller(request).who)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    @staticmethod
    def _invite(fields: dict[str, Any], by: str) -> Membership:
        """Whoever is asked is told by mail; whoever asks does not learn whether there was a login."""
        organization = tenancy.current().organization
        user = identity_actions.login_for(fields["email"])
        member = identity_actions.new_member(organization, user, role=fields["role"], by=by)
        accounts_actions.invite(user, organization)
        return member
