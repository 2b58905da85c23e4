"""Sign-in by alias and password."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from authspine.accounts.aliases import login_with


class AliasBackend(AuthenticationBackend):
    """allauth's, which hashes the password for a login that is not there too. It would look for an address that was
    confirmed; here every login has its alias, and one statement finds it or finds nobody.
    """

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        found: AbstractBaseUser | None = self._check_password(login_with(email), password)
        return found
