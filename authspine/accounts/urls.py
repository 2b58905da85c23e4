"""The pages of signing in, under allauth's names for them. There is none to sign up: people are invited."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, path, re_path

from authspine.accounts import views

urlpatterns: list[URLPattern] = [
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("again", account.reauthenticate, name="account_reauthenticate"),
    path("password", account.password_change, name="account_change_password"),
    path("password/set", account.password_set, name="account_set_password"),
    path("verify", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^verify/(?P<key>[-:\w]+)$", account.confirm_email, name="account_confirm_email"),
    path("reset", account.password_reset, name="account_reset_password"),
    path("reset/sent", account.password_reset_done, name="account_reset_password_done"),
    path("reset/done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.SetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("2fa", second_factor.index, name="mfa_index"),
    path("2fa/authenticate", second_factor.authenticate, name="mfa_authenticate"),
    path("2fa/again", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app", views.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("2fa/app/remove", views.TakeApp.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/passkeys", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/passkeys/add", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("2fa/passkeys/<int:pk>/remove", views.TakePasskey.as_view(), name="mfa_remove_webauthn"),
    path("2fa/passkeys/sign-in", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/again/passkey", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
