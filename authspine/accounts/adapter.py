"""Where allauth asks what is to happen: who may sign in, where a link leads, what is sealed."""

from base64 import b64decode, b64encode
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from authspine.accounts import actions, guard
from authspine.accounts.aliases import alias_of
from authspine.api.address import client_address
from authspine.api.admin.seat import may_enter
from authspine.identity.models import User
from authspine.kernel.crypto import Key
from authspine.kernel.enqueue import enqueue
from authspine.privacy import keys

# One sentence for whatever is wrong, or for too many attempts: it tells nobody which.
REFUSED: Final = (
    "This e-mail address and this password do not let you in, or they were tried too often. Try again later."
)
WRONG_CODE: Final = "This code does not let you in: it is wrong, was used already, or too many were tried."
_PLACE: Final = b"mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": REFUSED,
        "incorrect_password": "This is not your password, or too many were tried.",
        "enter_current_password": "This is not your password.",
        "invalid_password_reset": "This link is over: it was used, or it is too old. Ask for another one.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The login whose alias and password these are, if it is active and not too many were tried.

        Whatever is refused costs one hash, and is refused alike.
        """
        turn = guard.password(credentials["email"], client_address(request))
        if not guard.take(turn):
            User().set_password(credentials.get("password"))
            return None
        user: User | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active:
            return None
        guard.give_back(turn)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        # By what the login is called now: the address that allauth keeps may be an older one.
        found = self.authenticate(context.request, email=alias_of(str(user.email)), password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in just now is not asked again."""
        request = context.request
        at = [record["at"] for record in get_authentication_records(request, request.user)]
        return not at or timezone.now().timestamp() - max(at) > REAUTHENTICATION_SECONDS

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        actions.trust_address(email_address.user)
        email_address.verified = True
        return True

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        enqueue("accounts.send_verification", login=emailconfirmation.email_address.user_id)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Never: the only address that allauth knows is an alias. Mails are sent by `authspine.accounts.tasks`."""
        raise NotImplementedError(template_prefix)

    def is_safe_url(self, url: str) -> bool:
        """This site's own pages alone."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("admin:index" if may_enter(request) else "mfa_index")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)


REAUTHENTICATION_SECONDS: Final = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """What opens a second factor, sealed. Not under a data key: nobody would bring it under another one."""
        return b64encode(_key().seal(text.encode(), place=_PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _key().open(b64decode(encrypted_text), place=_PLACE).decode()

    def get_totp_label(self, user: User) -> str:
        return str(user.email)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        # Nobody types one: people call their devices by their own names.
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {"id": user.pk.hex.encode(), "display_name": str(user.email), "name": str(user.email)}


def _key() -> Key:
    return Key(keys.of_installation().index.derive(_PLACE.decode()))
