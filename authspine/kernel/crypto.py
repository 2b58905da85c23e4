"""Sealing: AES-256-GCM (NIST SP 800-38D) with a key's id in front and the place of the value bound to it.

A sealed value is `version (1) | key id (8) | nonce (12) | ciphertext and tag (16 more than the text)`. The place is
associated data: a value that is moved to another row, column or organization does not open. Nothing here ever answers
with what it could not verify.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
ID_BYTES: Final = 8

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_NONCE_AT: Final = 1 + ID_BYTES
_TEXT_AT: Final = _NONCE_AT + _NONCE_BYTES
_NOBODY: Final = bytes(16)


class SealBroken(RuntimeError):
    """A sealed value was changed, moved, or made under a key that is not here."""


class UnknownKey(SealBroken):
    """The key that a value was sealed under is not here."""


class Key:
    """A secret of 32 bytes. Its id says which key it is and nothing about it."""

    __slots__ = ("_cipher", "id", "secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self.secret = secret
        self.id = hashlib.sha256(b"authspine key id" + secret).digest()[:ID_BYTES]
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"<Key {self.id.hex()}>"

    def seal(self, text: bytes, *, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + self.id + nonce + self._cipher.encrypt(nonce, text, place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """Raises SealBroken, UnknownKey."""
        if key_id(sealed) != self.id:
            raise UnknownKey(f"The key {key_id(sealed).hex()} is not here.")
        try:
            return self._cipher.decrypt(sealed[_NONCE_AT:_TEXT_AT], sealed[_TEXT_AT:], place)
        except InvalidTag:
            raise SealBroken("A sealed value was changed, or moved here from another place.") from None

    def derive(self, purpose: str) -> bytes:
        """A secret of its own for each purpose, from which neither this key nor another purpose's can be found."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")


def new_key() -> Key:
    return Key(os.urandom(KEY_BYTES))


def key_id(sealed: bytes) -> bytes:
    """Which key this was sealed under. Raises SealBroken for what is no sealed value."""
    if sealed[:1] != _VERSION or len(sealed) < _TEXT_AT + _TAG_BYTES:
        raise SealBroken("This is no sealed value of a known version.")
    return sealed[1:_NONCE_AT]


def open_with(find: Callable[[bytes], Key | None], sealed: bytes, *, place: bytes) -> bytes:
    """Open with the key that `find` knows by its id. Raises SealBroken, UnknownKey."""
    identifier = key_id(sealed)
    key = find(identifier)
    if key is None:
        raise UnknownKey(f"The key {identifier.hex()} is not here.")
    return key.open(sealed, place=place)


def place_of(organization: UUID | None, name: bytes, row: UUID) -> bytes:
    """What a sealed value is bound to: organization, `table|column`, row. Built for every value that is read."""
    return b"%b|%b|%b" % (organization.bytes if organization else _NOBODY, name, row.bytes)


def mark(secret: bytes, text: str) -> bytes:
    """What stands for a text where it may only be compared: HMAC-SHA256."""
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")
