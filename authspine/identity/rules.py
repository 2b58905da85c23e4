"""The shape of API keys, and who makes owners."""

import hashlib

from authspine.identity import access
from authspine.identity.errors import OwnersOnly

KEY_MARK = "asp"
LINK_MARK = "asl"


def check_owner(who: object, *roles: object) -> None:
    """Whoever makes an owner, or changes or removes one, must be one. Raises OwnersOnly."""
    if access.OWNER in roles and not access.may(who, "members", "make_owner"):
        raise OwnersOnly(field="role")


# Whoever has one of these somewhere, or is a superuser, signs in with a second factor.
ROLES_WITH_SECOND_FACTOR = ("owner", "admin")


def digest(secret: str) -> str:
    """The SHA-256 under which a key or a link is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
