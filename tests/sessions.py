"""Signing in, in tests: at once, or as people do."""

import time
from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.test import Client

from authspine.accounts import actions
from authspine.identity.models import User

LOGIN = "/accounts/login"
SECOND_STEP = "/accounts/2fa/authenticate"
PASSWORD = "a long enough word"


def enter(browser: Client, user: User, *, second_factor: bool = True, state: Mapping[str, Any] | None = None) -> Client:
    """Sign in at once, with both factors unless told otherwise; `state` goes into the session."""
    browser.force_login(user)
    session = browser.session
    if second_factor:
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.update(state or {})
    session.save()
    return browser


def with_password(user: User, password: str = PASSWORD) -> User:
    """The same, with a password and an address that is known to be theirs."""
    user.set_password(password)
    user.save(update_fields=["password"])
    actions.trust_address(user)
    return user


def with_app(user: User) -> str:
    """Set up an authenticator app for this login; its secret."""
    return str(decrypt(totp.TOTP.activate(user, totp.generate_totp_secret()).instance.data["secret"]))


def app_code(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def second_factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def password_step(browser: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(LOGIN, {"login": email, "password": password}, **more)


def code_step(browser: Client, code: str) -> Any:
    return browser.post(SECOND_STEP, {"code": code})
