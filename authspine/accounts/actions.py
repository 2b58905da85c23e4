"""Changes to what belongs to signing in: addresses that are known to be somebody's, second factors, mails."""

from typing import Final

from allauth.account.models import EmailAddress
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import connection, transaction

from authspine.accounts.aliases import alias_of, login_with
from authspine.identity.models import Organization, User
from authspine.kernel.enqueue import enqueue
from authspine.kernel.ids import new_id

# A step of the clock is taken by the first code that comes for it, in whatever process.
_SPEND: Final = """
    UPDATE mfa_authenticator SET data = jsonb_set(data, '{step}', to_jsonb(%(step)s::bigint))
    WHERE id = %(id)s AND coalesce((data ->> 'step')::bigint, 0) < %(step)s
"""


def trust_address(user: User) -> None:
    """The address of this login is its owner's, who has opened a link that was sent there."""
    alias = alias_of(str(user.email))
    with transaction.atomic():
        # Of an address that this login had before, or of another login that had this one.
        EmailAddress.objects.filter(user=user).exclude(email=alias).delete()
        EmailAddress.objects.filter(email=alias).exclude(user=user).delete()
        EmailAddress.objects.update_or_create(user=user, email=alias, defaults={"verified": True, "primary": True})


def spend(authenticator: Authenticator, code: str) -> bool:
    """Take the step of the clock that this code of an authenticator app is for; whether nobody has taken it before."""
    secret = decrypt(authenticator.data["secret"])
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            with connection.cursor() as cursor:
                cursor.execute(_SPEND, {"step": step, "id": authenticator.pk})
                return cursor.rowcount == 1
    return False


def replace_second_factors(user: User) -> list[str]:
    """New recovery codes for a login, and an app that nobody has yet in place of what there was; gives the codes."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        totp.TOTP.activate(user, totp.generate_totp_secret())
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def start_over(user: User) -> None:
    """Take password and second factors away, which ends every session, and send a link to set a password."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        user.set_unusable_password()
        user.save(update_fields=["password"])
        enqueue("accounts.send_reset", login=user.id)


def ask_for_reset(alias: str) -> None:
    """Have a link to set a password sent to the login with this alias.

    For an alias without a login a job is enqueued as well, for nobody: the answer takes as long.
    """
    user = login_with(alias)
    enqueue("accounts.send_reset", login=user.id if user and user.is_active else new_id())


def invite(user: User, organization: Organization) -> None:
    """Tell somebody that they have become a member; with a link to set a password where the login has none."""
    enqueue("accounts.send_invitation", login=user.id, organization=organization.id)
