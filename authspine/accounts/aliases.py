"""What allauth and axes know a login by, in place of its e-mail address: the blind index in the shape of an address.

They keep addresses in clear, and ask the database for them. The alias is found without reading anything, of an address
that has no login too, and says whose it is only to who has the installation's keys.
"""

from typing import Final

from authspine.identity.models import User
from authspine.privacy import blind

DOMAIN: Final = "login.invalid"  # no mail can be sent there (RFC 2606)


def alias_of(email: str) -> str:
    """The alias of an address as it was typed."""
    return f"{blind.email_index(User, email).hex()}@{DOMAIN}"


def login_with(alias: str) -> User | None:
    """The login with this alias, in one statement whether there is one or not."""
    found, _, domain = alias.partition("@")
    index = bytes.fromhex(found) if domain == DOMAIN else b""
    return User.objects.filter(email_key=index).first()
