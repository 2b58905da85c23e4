"""Whether a session has shown a second factor. It is the session that must have: a login that has one is not enough,
since a session that only knew the password may be older than the second factor.
"""

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from authspine.identity.models import User

BEING_ASKED = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def shown(request: HttpRequest, user: User) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def exists(user: User) -> bool:
    """Whether the login has one that it is asked for."""
    return Authenticator.objects.filter(user=user, type__in=BEING_ASKED).exists()


def note(request: HttpRequest, user: User, kind: str) -> None:
    """This session has just shown a second factor. Its key changes: what it is worth does, too."""
    record_authentication(request, user, "mfa", type=kind)
    request.session.cycle_key()


def forget(request: HttpRequest, user: User) -> None:
    """What this session has shown is no second factor any more."""
    records = get_authentication_records(request, user)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [each for each in records if each.get("method") != "mfa"]
