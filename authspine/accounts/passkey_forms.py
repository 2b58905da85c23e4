"""allauth's forms for passkeys, for whatever is posted: a browser's script fills them, and anybody may in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from authspine.kernel import strict_json
from authspine.kernel.errors import Invalid

# What the library raises for an object that no browser has made, each in another place.
STUMBLES: Final = (ValueError, TypeError, LookupError, AttributeError)


class CredentialField(forms.CharField):
    """What a browser has signed, as JSON. It is good once: a form that is shown again is empty."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return strict_json.loads(text)
        except Invalid:
            raise _refused() from None

    def run_validators(self, value: Any) -> None:
        """Those of a text have nothing to say of an object."""

    def bound_data(self, data: Any, initial: Any) -> None:
        return None


def _refused() -> forms.ValidationError:
    refused: forms.ValidationError = get_adapter().validation_error("incorrect_code")
    return refused


@contextmanager
def _no_stumbling() -> Iterator[None]:
    try:
        yield
    except forms.ValidationError:
        raise
    except STUMBLES:
        raise _refused() from None


class SecondStepPasskeyForm(AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        with _no_stumbling():
            return super().clean_credential()


class SignInPasskeyForm(SecondStepPasskeyForm, LoginWebAuthnForm):
    pass


class AgainPasskeyForm(SecondStepPasskeyForm, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    """Without a name that somebody types."""

    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        with _no_stumbling():
            cleaned: dict[str, Any] = super().clean()
        return cleaned | {"name": get_adapter().generate_authenticator_name(self.user, Authenticator.Type.WEBAUTHN)}
