"""What is written to people about their logins. Links lead to the installation's own address (`PUBLIC_URL`), whatever
host a request has named; nothing that somebody has typed becomes a header.
"""

from typing import Any

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from authspine.accounts.aliases import alias_of
from authspine.identity.models import Organization, User


def send_reset(user: User) -> None:
    """A link to set a password, good once and for some days."""
    _send("reset", user, subject="Set your password", link=_link_to_set(user))


def send_invitation(user: User, organization: Organization) -> None:
    """You belong to it now; with a link to set a password where there is none."""
    link = "" if user.has_usable_password() else _link_to_set(user)
    sign_in = settings.PUBLIC_URL + reverse("account_login")
    _send("invitation", user, subject="You were invited", link=link, sign_in=sign_in, organization=organization.name)


def send_verification(user: User) -> None:
    """A link that shows that the address is theirs."""
    address, _ = EmailAddress.objects.get_or_create(user=user, email=alias_of(str(user.email)))
    if not address.verified:
        link = reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(address).key])
        _send("verification", user, subject="Is this your address?", link=settings.PUBLIC_URL + link)


def _link_to_set(user: User) -> str:
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    route = reverse("account_reset_password_from_key", kwargs={"uidb36": user.pk.hex, "key": key})
    return f"{settings.PUBLIC_URL}{route}"


def _send(name: str, user: User, *, subject: str, **words: Any) -> None:
    body = render_to_string(f"accounts/mail/{name}.txt", words | {"site": settings.PUBLIC_URL})
    EmailMessage(subject, body, to=[str(user.email)]).send()
