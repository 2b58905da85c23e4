"""Logins: one per person and installation, known by the e-mail address without regard to case."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from authspine.accounts import actions as accounts_actions
from authspine.api.admin import columns
from authspine.api.admin.refusals import RefusableForm, each
from authspine.api.admin.seat import user_of
from authspine.identity import actions as identity_actions
from authspine.identity.models import User
from authspine.kernel.text import login_email
from authspine.platform.admin.superusers import SuperuserAdmin
from authspine.privacy import blind

STATES = {"active": "success", "deactivated": ""}


class LoginForm(RefusableForm):
    """The address is compared by what stands for it, which is kept beside it."""

    def clean_email(self) -> str:
        email = login_email(self.cleaned_data["email"])
        found = blind.email_index(User, email)
        if User.objects.filter(email_key=found).exclude(id=self.instance.id).exists():
            raise forms.ValidationError("There is a login with this e-mail address already.")
        self.instance.email_key = found
        return email


class NewUserForm(LoginForm, UserCreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usable_password"].label = "Sign-in with a password"
        self.fields["usable_password"].help_text = "Without one nobody can sign in, until a password is set."


class UserForm(LoginForm):
    class Meta:
        model = User
        fields = ("email", "is_active", "is_staff", "is_superuser")


@admin.register(User)
class UserAdmin(SuperuserAdmin, DjangoUserAdmin):  # type: ignore[type-arg, misc]
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "state", "is_staff", "is_superuser", "seen", "made")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email_key",)
    search_help_text = "The whole e-mail address"
    ordering = ("-id",)  # ids rise with time
    filter_horizontal = ()
    actions = ("activate_selected", "deactivate_selected", "start_over")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[User], search_term: str) -> Any:
        term = search_term.strip()
        return (queryset.filter(email_key=blind.email_index(User, term)) if term else queryset), False

    state = columns.state(lambda row: "active" if row.is_active else "deactivated", "state", STATES, order="is_active")
    seen = columns.moment("last_login", "last signed in", sortable=True)
    made = columns.moment("created_at", "made", sortable=True)

    fieldsets = (
        (None, {"fields": ("email", "password_page")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "places")}),
        ("Record", {"fields": ("id", "seen", "made")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
        ("What they may do", {"fields": ("is_staff", "is_superuser")}),
    )

    @admin.display(description="password")
    def password_page(self, row: User) -> str:
        # Nothing of the hash is shown.
        page = reverse("admin:auth_user_password_change", args=[row.pk])
        known = "Change the password" if row.has_usable_password() else "None yet: set a password"
        return format_html('<a class="{}" href="{}">{}</a>', columns.LINK, page, known)

    @admin.display(description="member of")
    def places(self, row: User) -> str:
        places = row.memberships.select_related("organization").order_by("organization__name")
        return ", ".join(f"{place.organization} ({place.role})" for place in places) or "no organization"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Nobody locks themselves out.
        own = ("is_active", "is_staff", "is_superuser") if obj == request.user else ()
        return ("id", "password_page", "places", "seen", "made", *own)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with identity_actions.keeping_owners():
            super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            identity_actions.end_sessions(obj)

    @admin.action(description="Activate")
    def activate_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        changed = queryset.filter(is_active=False).update(is_active=True)
        messages.success(request, f"Activated: {changed}.")

    @admin.action(description="Deactivate")
    def deactivate_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Ends their sessions too: a login that is not active is signed in nowhere."""
        others = queryset.filter(is_active=True).exclude(id=user_of(request).id)
        each(request, others, identity_actions.deactivate, did="deactivated. Your own login is never among them")

    @admin.action(description="Let them start over: password and second factors")
    def start_over(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For who has lost phone and codes. Ends their sessions, which may be in somebody else's hands."""
        others = queryset.exclude(id=user_of(request).id)
        for user in others:
            accounts_actions.start_over(user)
        messages.success(
            request, f"A link to set a password is sent: {len(others)}. Your own login is never among them."
        )
