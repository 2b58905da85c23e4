"""Constraints on encrypted columns: what the database can see of them is whether there is anything at all."""

from datetime import datetime
from typing import Any, Final

from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Coalesce

# Whatever kind of person is erased: no login, no key, and nothing to be found by.
_GONE: Final[dict[str, Any]] = {"user": None, "data_key": b"", "email_key": None, "tokens": []}


class SealedCheck(CheckConstraint):
    """A CHECK that only the database is asked: beforehand there is no ciphertext to ask it of."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Kept by the database alone."""


def erased_whole(name: str, /, **empty: Any) -> SealedCheck:
    """An erased person has no key, and nothing to open or to be found by; who has none is erased. `empty` is what the
    other columns are then.
    """
    there = Q(erased_at=None, user__isnull=False) & ~Q(data_key=b"")
    gone = Q(erased_at__isnull=False, deleted_at__isnull=False, **_GONE)
    return SealedCheck(condition=there | gone & Q(**empty), name=name)


def erased(now: datetime) -> dict[str, Any]:
    """What an UPDATE that erases a person sets, beside the columns of the kind."""
    deleted_at = Coalesce(F("deleted_at"), now)
    return _GONE | {"external_id": None, "deleted_at": deleted_at, "erased_at": now, "updated_at": now}
