"""A job exists exactly when the data that it is about do, and holds ids alone."""

import uuid
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.enqueue import UnknownTaskError, enqueue
from authspine.kernel.tenancy import organization_scope

TASK = "bookings.expire_lapsed"


def jobs(mark: uuid.UUID) -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=TASK, args__mark=str(mark)))


@pytest.fixture
def mark() -> uuid.UUID:
    return uuid.uuid4()


def test_a_job_is_there_when_its_scope_has_committed(organization: Organization, mark: uuid.UUID) -> None:
    with organization_scope(organization, SYSTEM):
        enqueue(TASK, mark=mark, timestamp=7)
    (job,) = jobs(mark)
    assert (job.status, job.args) == ("todo", {"mark": str(mark), "timestamp": 7})


def test_a_scope_that_is_rolled_back_leaves_no_job(organization: Organization, mark: uuid.UUID) -> None:
    with pytest.raises(RuntimeError, match="half way"), organization_scope(organization, SYSTEM):
        enqueue(TASK, mark=mark)
        assert jobs(mark)
        raise RuntimeError("half way")
    assert jobs(mark) == []


def test_so_it_is_within_a_worker_which_has_connections_of_its_own(organization: Organization, mark: uuid.UUID) -> None:
    elsewhere = InMemoryConnector()
    with app.replace_connector(elsewhere):
        with pytest.raises(RuntimeError, match="half way"), organization_scope(organization, SYSTEM):
            enqueue(TASK, mark=mark)
            raise RuntimeError("half way")
        assert jobs(mark) == []
        with organization_scope(organization, SYSTEM):
            enqueue(TASK, mark=mark)
    assert len(jobs(mark)) == 1
    assert not elsewhere.jobs


def test_a_job_that_waits_does_not_stand_in_for_a_later_one(organization: Organization, mark: uuid.UUID) -> None:
    """It may start before the later one's data are there."""
    for _ in range(2):
        with organization_scope(organization, SYSTEM):
            enqueue(TASK, mark=mark)
    assert len(jobs(mark)) == 2


def test_a_name_that_no_task_has(organization: Organization) -> None:
    with pytest.raises(UnknownTaskError, match=r"bookings\.nothing"), organization_scope(organization, SYSTEM):
        enqueue("bookings.nothing")


@pytest.mark.parametrize("value", ["ana@example.com", {"name": "Ana"}, None, True, 1.5])
def test_an_argument_that_is_no_id(organization: Organization, value: Any) -> None:
    with pytest.raises(TypeError, match="'who' of a job is no id"), organization_scope(organization, SYSTEM):
        enqueue(TASK, who=value)
