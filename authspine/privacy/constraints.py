"""Constraints on encrypted columns: what the database can see of them is whether there is anything at all."""

from typing import Any

from django.db.models import CheckConstraint


class SealedCheck(CheckConstraint):
    """A CHECK that only the database is asked: beforehand there is no ciphertext to ask it of."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Kept by the database alone."""
