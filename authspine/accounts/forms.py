"""allauth's forms, with our words: what is typed as an address becomes its alias before anything looks at it."""

from typing import Any, Final

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.http import HttpRequest

from authspine.accounts import actions, guard
from authspine.accounts.aliases import alias_of
from authspine.api.address import client_address

_APP_IN_SESSION: Final = (
    "accounts_app"  # where the session keeps it, sealed, until a code has shown that the app has it
)


def _plain(form: forms.Form) -> None:
    """Labels say what a field is for; allauth repeats them as placeholders, in grey on white."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["login"].label = "E-mail address"
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs.update(autocomplete="username webauthn", autofocus=True)
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        return alias_of(super().clean_login())


class ForgottenForm(ResetPasswordForm):
    """Asks for a link to set a password, and says the same whatever the address is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"].label = "E-mail address"

    def clean_email(self) -> str:
        return alias_of(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        alias: str = self.cleaned_data["email"]
        if guard.take(guard.mail(alias, client_address(request))):
            actions.ask_for_reset(alias)
        return alias


class PasswordForm(ChangePasswordForm):
    """The old password is tried as at a sign-in: whoever found a session open cannot guess it here."""

    def clean_oldpassword(self) -> str:
        old: str = self.cleaned_data["oldpassword"]
        if not get_account_adapter().reauthenticate(self.user, old):
            raise get_account_adapter().validation_error("enter_current_password")
        return old


class _CodeForm(forms.Form):
    """A code of the app is good once, in all processes, and few may be tried."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["code"].widget.attrs.update(inputmode="numeric", autofocus=True)
        self.fields["code"].help_text = "Six digits from your app, or a recovery code."

    def clean_code(self) -> str:
        turn = guard.code(self.user.pk, client_address(context.request))
        if not guard.take(turn):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        found: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if found.type == Authenticator.Type.TOTP and not actions.spend(found, code):
            raise get_adapter().validation_error("incorrect_code")
        guard.give_back(turn)
        return code


class SecondStepForm(_CodeForm, AuthenticateForm):
    pass


class AgainForm(_CodeForm, ReauthenticateForm):
    pass


class AppForm(ActivateTOTPForm):
    """Keeps the secret sealed in the session, which is a row like any other, until the app has shown that it has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        _plain(self)
        self.fields["code"].label = "Code from the app"
        self.fields["code"].widget.attrs.update(inputmode="numeric")
        session = context.request.session
        if not self.is_bound or _APP_IN_SESSION not in session:
            session[_APP_IN_SESSION] = encrypt(totp.generate_totp_secret())
        self.secret = decrypt(session[_APP_IN_SESSION])

    def clean_code(self) -> str:
        turn = guard.code(self.user.pk, client_address(context.request))
        if not guard.take(turn):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()
        guard.give_back(turn)
        return code


def forget_secret(request: HttpRequest) -> None:
    request.session.pop(_APP_IN_SESSION, None)
