"""The shape of API keys and what a role may do."""

import hashlib

KEY_MARK = "asp"

# What a signed-in member may do, in the words of API keys: read (GET), write (and business writes), admin (and keys,
# verticals, export, import).
SCOPE_OF_ROLE = {"owner": "admin", "admin": "admin", "staff": "write", "professional": "write", "readonly": "read"}

# Whoever has one of these somewhere, or is a superuser, signs in with a second factor.
ROLES_WITH_SECOND_FACTOR = ("owner", "admin")


def digest(secret: str) -> str:
    """The SHA-256 under which a key is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
