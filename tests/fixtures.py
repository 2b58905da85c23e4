"""Fixtures that every test may use: an organization of its own, its scope, callers of the API, and rows."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import Scope, organization_scope
from authspine.orchestrator import organizations
from tests import factories
from tests.rest import Api, caller


def new_organization(**fields: Any) -> Organization:
    """A fresh tenant with its verticals, committed."""
    return organizations.create(name=f"Test {uuid.uuid4().hex[:12]}", **fields)


@pytest.fixture
def organization() -> Organization:
    return new_organization()


@pytest.fixture
def alone() -> Iterator[None]:
    """The organizations of other tests are closed for a while, the jobs that they have left are put off, and what they
    have left to the audit is not numbered: a worker needs longer for all than a test waits.
    """
    with connection.cursor() as cursor:
        # One that waits keeps others of its kind from being enqueued.
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock IS NOT NULL")
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day' WHERE status = 'todo'")
    as_if_done("operations.chain_audit")
    others = list(Organization.objects.filter(closed_at=None).values_list("id", flat=True))
    Organization.objects.filter(id__in=others).update(closed_at=datetime.now(UTC))
    yield
    Organization.objects.filter(id__in=others).update(closed_at=None)


def as_if_done(task: str) -> None:
    """A job of so many minutes is not begun while a test lasts: as if a worker had begun it already."""
    now = int(time.time()) // 60 * 60
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
            " VALUES (%s, '', %s) ON CONFLICT DO NOTHING",
            [[task, now + 60 * minute] for minute in range(-15, 15)],
        )


@pytest.fixture
def scope(organization: Organization) -> Iterator[Scope]:
    """The test's whole body is one transaction of its organization."""
    with organization_scope(organization, SYSTEM) as opened:
        yield opened


class Maker:
    """Rows of one organization, each committed at once: for tests that look at them from outside of a scope."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization

    def __getattr__(self, kind: str) -> Any:
        made_by = getattr(factories, f"{kind.title().replace('_', '')}Factory")

        def make(**fields: Any) -> Any:
            with organization_scope(self.organization, SYSTEM):
                return made_by(**fields)

        return make


@pytest.fixture
def make(organization: Organization) -> Maker:
    """`make.client(name="Ana")`, `make.booking()` ... in the test's organization."""
    return Maker(organization)


@pytest.fixture
def api_client(organization: Organization) -> Api:
    """A caller with a key of the scope `write`."""
    return caller(organization)


@pytest.fixture
def reader(organization: Organization) -> Api:
    return caller(organization, "read")


@pytest.fixture
def admin(organization: Organization) -> Api:
    return caller(organization, "admin")


@pytest.fixture
def stranger() -> Api:
    """A caller with every right, in another organization."""
    return caller(new_organization(), "admin")
