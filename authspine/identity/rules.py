"""The shape of API keys and when they end, and who makes owners."""

import hashlib
from datetime import datetime

from authspine.identity import access
from authspine.identity.errors import MoreThanOwn, OwnersOnly

KEY_MARK = "asp"
LINK_MARK = "asl"


def check_owner(who: object, *roles: object) -> None:
    """Whoever makes an owner, or changes or removes one, must be one. Raises OwnersOnly."""
    if access.OWNER in roles and not access.may(who, "members", "make_owner"):
        raise OwnersOnly(field="role")


def end_of_key(asked: datetime | None, *, own: datetime | None) -> datetime | None:
    """When a new key ends: no later than that of whoever makes it, and with it when none is asked for.

    Raises MoreThanOwn.
    """
    if asked and own and asked > own:
        raise MoreThanOwn(field="expires_at")
    return asked or own


# Whoever has one of these somewhere, or is a superuser, signs in with a second factor.
ROLES_WITH_SECOND_FACTOR = ("owner", "admin")


def digest(secret: str) -> str:
    """The SHA-256 under which a key or a link is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
