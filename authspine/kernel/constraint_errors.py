"""Which named constraint refused a write, so that an action can answer with the error that it stands for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from django.db import IntegrityError, transaction

from authspine.kernel.errors import PlatformError


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was violated, or an empty string."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis.constraint_name or "") if diagnosis else ""


@contextmanager
def refused_as(reasons: Mapping[str, type[PlatformError]], *, savepoint: bool = True) -> Iterator[None]:
    """Run writes in a savepoint; a violation of a named constraint becomes the error that is given for it.

    The savepoint keeps the scope's transaction usable after the refusal; without it, it can only be rolled back.
    """
    try:
        with transaction.atomic() if savepoint else nullcontext():
            yield
    except IntegrityError as error:
        reason = reasons.get(constraint_of(error))
        if reason is None:
            raise
        raise reason from error
