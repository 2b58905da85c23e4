"""The shape of API keys."""

import hashlib

KEY_MARK = "asp"


def digest(secret: str) -> str:
    """The SHA-256 under which a key is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
