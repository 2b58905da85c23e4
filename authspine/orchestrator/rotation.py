"""The journey that changes the keys under which people are kept, while everybody goes on working.

Broken off at any point it is begun again and goes on: what is to be done is read from the database. It holds no row for
longer than a page of them takes, and waits for nobody while it holds one.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import transactions
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope, refuse_inside
from authspine.privacy import keys, rotation

type Holder = Organization | None  # None is the installation

LOOK_SECONDS: Final = 0.1


@dataclass
class Report:
    """How many holders have new keys, how many values were sealed anew, and which would not open."""

    holders: int = 0
    values: int = 0
    broken: list[str] = field(default_factory=list)


def due() -> list[Holder]:
    """The installation and the organizations, closed ones too, of whose keys one is not as it is to be."""
    return [holder for holder in (None, *identity_queries.all_organizations()) if _is_due(holder)]


def count(holder: Holder) -> int:
    """How many of a holder's values are to be sealed anew. Raises UnknownKey."""
    with _transaction(holder):
        return rotation.count(_id(holder))


def rotate(*, progress: Callable[[int], object], waiting: Callable[[list[int]], object]) -> Report:
    """1. Each holder whose keys are due gets new ones, and what is under old ones is sealed anew. 2. Whoever may have
    read or written under an old one before that is waited for. 3. The old ones are removed; where something was written
    under one meanwhile, all of it again.

    Called outside of any scope. `progress` is told of values, `waiting` of the database's processes that it waits for.
    Raises UnknownKey when the ring lacks a key, before anything of that holder is changed.
    """
    refuse_inside()
    report, seen = Report(), set[UUID | None]()
    while todo := [holder for holder in due() if _id(holder) not in seen]:
        for holder in todo:
            broken = _renew(holder, report, progress)
            if broken:
                seen.add(_id(holder))
                report.broken += broken
        _wait_for_others(waiting)
        for holder in todo:
            if _id(holder) not in seen and _finish(holder):
                report.holders += 1
    return report


def _is_due(holder: Holder) -> bool:
    with _transaction(holder):
        return rotation.is_due(_id(holder))


def _renew(holder: Holder, report: Report, progress: Callable[[int], object]) -> list[str]:
    """New keys, and everything under them, except for what will not open, which is told, and what others hold."""
    with _transaction(holder):
        rotation.renew(_id(holder))
    while True:
        broken: list[str] = []
        for page in _pages(holder):
            report.values += page.done
            progress(page.done)
            broken += page.broken
        left = count(holder)
        if left <= len(broken):
            return broken
        time.sleep(LOOK_SECONDS)


def _pages(holder: Holder) -> Iterator[rotation.Page]:
    """One pass over all columns, each page in a transaction of its own."""
    for column in rotation.columns_of(_id(holder)):
        page = rotation.Page()
        while True:
            with _transaction(holder):
                page = rotation.reseal(_id(holder), column, after=page.last)
            yield page
            if page.last is None:
                break


def _wait_for_others(waiting: Callable[[list[int]], object]) -> None:
    """Until every transaction has ended that runs now. Those that begin later can meet nothing that is old."""
    before = transactions.running()
    while left := {one: process for one, process in transactions.running().items() if one in before}:
        waiting(sorted(left.values()))
        time.sleep(LOOK_SECONDS)


def _finish(holder: Holder) -> bool:
    """Remove what is retired; false when something is under it, or somebody is just writing."""
    try:
        with _transaction(holder):
            return rotation.remove_retired(_id(holder))
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False


@contextmanager
def _transaction(holder: Holder) -> Iterator[None]:
    with keys.writing() if holder is None else organization_scope(holder, SYSTEM):
        yield


def _id(holder: Holder) -> UUID | None:
    return keys.INSTALLATION if holder is None else holder.id
