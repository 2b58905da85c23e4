"""The shape of API keys and what a role may do."""

import hashlib

KEY_MARK = "asp"

# What a signed-in member may do, in the words of API keys: read (GET), write (and business writes), admin (and keys,
# verticals, export, import).
SCOPE_OF_ROLE = {"owner": "admin", "admin": "admin", "staff": "write", "professional": "write", "readonly": "read"}


def digest(secret: str) -> str:
    """The SHA-256 under which a key is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
