"""allauth's pages where ours do more: a session that has just set up a second factor has shown it."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override

from authspine.accounts import actions, second_factor
from authspine.accounts.forms import forget_secret
from authspine.api.policies import WITH_PICTURE
from authspine.identity import actions as identity_actions


@method_decorator(csp_override(WITH_PICTURE), "dispatch")
class SetUpApp(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        # The code that has shown that the app works does not sign anybody in afterwards.
        actions.spend(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP), form.cleaned_data["code"])
        forget_secret(self.request)
        second_factor.note(self.request, user, Authenticator.Type.TOTP)
        return response


class AddPasskey(AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.note(self.request, self.request.user, Authenticator.Type.WEBAUTHN)
        return response


class _Taking:
    """All other sessions end, which may have shown the one that is gone. Who takes their last one away has none, and
    this session has not shown one either.
    """

    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        identity_actions.end_sessions(self.request.user)
        self.request.user.refresh_from_db(fields=["session_epoch"])
        update_session_auth_hash(self.request, self.request.user)
        if not second_factor.exists(self.request.user):
            second_factor.forget(self.request, self.request.user)
        return response


class TakeApp(_Taking, DeactivateTOTPView):
    pass


class TakePasskey(_Taking, RemoveWebAuthnView):
    pass


class SetPassword(PasswordResetFromKeyView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        # The link came by mail: the address is theirs.
        actions.trust_address(self.reset_user)
        return response
