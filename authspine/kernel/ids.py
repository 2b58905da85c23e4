"""Public ids: UUIDv7, made in Python so that a row knows its id before the database does."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): ids made later sort later, also within a millisecond of one process."""
    return compat.uuid7()
