"""Locks on what is being decided about. Waiting is bounded by the scope's lock timeout."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, models

from authspine.kernel import tenancy
from authspine.kernel.errors import Missing

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(subject, 0)) FROM unnest(%s::text[]) AS subject"


def lock_subjects(subjects: Iterable[UUID]) -> None:
    """Queue up for the calendars of these subjects (professionals, resources) until the transaction ends.

    A plain insert against the exclusion constraint on a contested time deadlocks: the waiters wait for each other.
    The advisory lock is the queue, the constraint the last line of defence. Sorted, so that two transactions that want
    the same two subjects never wait for each other.
    """
    tenancy.current()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(str(subject) for subject in subjects)])


def lock_row[M: models.Model](row: M, present: models.QuerySet[M], *, missing: type[Missing]) -> None:
    """Queue up for a row and read it again, so that what is decided next is decided about the row as it is now.

    Nobody else changes it until the transaction ends; who only refers to it does not wait. Raises `missing` when it
    is not among those `present` any more.
    """
    try:
        row.refresh_from_db(from_queryset=present.select_for_update(of=("self",), no_key=True))
    except type(row).DoesNotExist as error:  # type: ignore[attr-defined]
        raise missing from error


@contextmanager
def turn(what: str) -> Iterator[bool]:
    """Whether it is ours: of those who want to do the same thing at once one gets it, and nobody waits. A process that
    dies leaves it at once. Called outside of any transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [what])
        ((mine,),) = cursor.fetchall()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [what])
