"""The key ring: what everything else is wrapped by. It comes from the environment and never gets into the database."""

import base64
import binascii
import shlex
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Final
from uuid import UUID

from authspine.kernel.crypto import KEY_BYTES, Key, SealBroken, UnknownKey, open_with, place_of

COMMAND_SECONDS: Final = 30
WANTED: Final = "one or several keys of 32 random bytes in base64, with commas between; the first one writes"


class RingError(ValueError):
    """There is no key ring, or it cannot be read. Never quotes it."""


def secrets_of(environment: Mapping[str, str]) -> tuple[bytes, ...]:
    """The ring's secrets, first the one that writes: from PII_KEYS, or as PII_KEYS_COMMAND prints them, which asks
    whatever keeps the installation's secrets. Raises RingError.
    """
    text, command = environment.get("PII_KEYS", ""), environment.get("PII_KEYS_COMMAND", "")
    if not text and not command:
        raise RingError("PII_KEYS is not set: personal data cannot be read or written without it.")
    if text and command:
        raise RingError("PII_KEYS and PII_KEYS_COMMAND are both set; which one holds?")
    return _read(text, "PII_KEYS") if text else _read(_printed(command), "What PII_KEYS_COMMAND prints")


@cache
def keys(secrets: tuple[bytes, ...]) -> dict[bytes, Key]:
    """By their ids, the writing one first."""
    return {key.id: key for key in map(Key, secrets)}


def wrapped(secrets: tuple[bytes, ...], key: Key, holder: UUID | None, row: UUID) -> bytes:
    """A key of a holder, the installation's for None, as it is stored in the row with this id: under the first key."""
    return next(iter(keys(secrets).values())).seal(key.secret, place=_place(holder, row))


def unwrapped(secrets: tuple[bytes, ...], stored: bytes, holder: UUID | None, row: UUID) -> Key:
    """What the row with this id wraps. Raises SealBroken, UnknownKey."""
    return Key(open_with(keys(secrets).get, stored, place=_place(holder, row)))


def explain(error: SealBroken) -> str:
    """In one line, why the keys in the database cannot be opened."""
    more = " See docs/keys.md." if isinstance(error, UnknownKey) else ""
    return f"PII_KEYS cannot open this database's keys: {error}{more}"


def _place(holder: UUID | None, row: UUID) -> bytes:
    return place_of(holder, b"privacy|wrapped", row)


def _read(text: str, name: str) -> tuple[bytes, ...]:
    try:
        found = tuple(base64.b64decode(part.strip(), altchars=b"-_", validate=True) for part in text.split(","))
    except (binascii.Error, ValueError):
        raise RingError(f"{name} must be {WANTED}.") from None
    if any(len(secret) != KEY_BYTES for secret in found):
        raise RingError(f"{name} must be {WANTED}.")
    if len(set(found)) < len(found):
        raise RingError(f"{name} names a key twice.")
    return found


def _printed(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (the operator's own command, without a shell)
            shlex.split(command), capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RingError(f"PII_KEYS_COMMAND cannot be run ({type(error).__name__}).") from None
    if done.returncode or not done.stdout.strip():
        raise RingError(f"PII_KEYS_COMMAND ended with code {done.returncode} and printed no keys.")
    return done.stdout.strip()
