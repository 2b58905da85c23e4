"""Writes past every action, which the database has to refuse by the name of a constraint."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from authspine.kernel.constraint_errors import constraint_of


@contextmanager
def refuses(constraint: str) -> Iterator[None]:
    """Inside, this very constraint refuses; the transaction around stays usable."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    assert constraint_of(refused.value) == constraint
