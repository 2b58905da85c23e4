"""The queue's own care: what dead workers left is done again, at most so often; what is long over is forgotten."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.kernel.enqueue import enqueue
from authspine.operations import tasks
from tests.races.test_holds import race

TASK = "operations.retry_stalled"


def execute(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0]) if cursor.description else cursor.rowcount


def new_job(*, status: str = "todo", attempts: int = 0, worker: int | None = None, lock: str | None = None) -> int:
    """A job in this state; its id."""
    mark = uuid.uuid4()
    enqueue(TASK, mark=mark)
    job = ProcrastinateJob.objects.get(args__mark=str(mark)).id
    execute(
        "UPDATE procrastinate_jobs SET status = %s, attempts = %s, worker_id = %s, queueing_lock = %s WHERE id = %s",
        *(status, attempts, worker, lock, job),
    )
    return job


def new_worker(seconds_ago: int) -> int:
    return execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 s') RETURNING id",
        seconds_ago,
    )


def state(job: int) -> tuple[str, int]:
    found = ProcrastinateJob.objects.get(id=job)
    return found.status, found.attempts


def test_a_job_of_a_dead_worker_is_done_again(caplog: pytest.LogCaptureFixture) -> None:
    silent, pruned = new_job(status="doing", worker=new_worker(31)), new_job(status="doing")
    assert tasks.retry_stalled(timestamp=0) >= 2
    assert state(silent) == state(pruned) == ("todo", 1)
    assert f"The job {silent} ({TASK}) is done again" in caplog.text


def test_a_job_of_a_live_worker_is_left_to_it() -> None:
    job = new_job(status="doing", worker=new_worker(29))
    tasks.retry_stalled(timestamp=0)
    assert state(job) == ("doing", 0)


def test_a_job_that_brings_its_workers_down_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    job = new_job(status="doing", attempts=tasks.MOST_ATTEMPTS - 1)
    tasks.retry_stalled(timestamp=0)
    assert state(job) == ("failed", tasks.MOST_ATTEMPTS)
    assert f"The job {job} ({TASK}) is given up: its workers died 5 times." in caplog.text


def test_a_job_behind_which_the_next_of_its_kind_waits_is_given_up() -> None:
    lock = str(uuid.uuid4())
    waiting, other = new_job(lock=lock), new_job(status="doing")
    stalled = new_job(status="doing", lock=lock)
    tasks.retry_stalled(timestamp=0)
    assert [state(job)[0] for job in (stalled, waiting, other)] == ["failed", "todo", "todo"]


def test_two_that_look_at_once_send_a_job_back_once() -> None:
    job = new_job(status="doing")
    assert race(lambda _: tasks.retry_stalled(timestamp=0), clients=4) == {"ok": 4}
    assert state(job) == ("todo", 1)


def in_a_thread(work: Callable[[], object]) -> None:
    """As a worker does it: the driver of a browser may run an event loop in the thread of the tests."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(run).result()


@pytest.mark.parametrize(
    ("status", "hours", "kept"),
    [
        ("succeeded", 23, True),
        ("succeeded", 25, False),
        ("failed", 25, True),
        ("failed", 24 * 30 + 1, False),
        ("cancelled", 24 * 30 + 1, False),
        ("todo", 24 * 30 + 1, True),
        ("doing", 24 * 30 + 1, True),
    ],
)
def test_what_is_over_is_forgotten_in_time(status: str, hours: int, kept: bool) -> None:
    job = new_job(status=status, worker=new_worker(0))
    execute("UPDATE procrastinate_events SET at = now() - %s * interval '1 h' WHERE job_id = %s", hours, job)
    in_a_thread(lambda: async_to_sync(tasks.forget_old_jobs.func)(SimpleNamespace(app=app), timestamp=0))  # type: ignore[arg-type]
    assert ProcrastinateJob.objects.filter(id=job).exists() == kept
