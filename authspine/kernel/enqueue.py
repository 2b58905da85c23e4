"""Jobs, enqueued by name in the current transaction: a job exists exactly when the data that it is about do.

Whoever enqueues does not import the task: tasks stand above the orchestrator, and actions below it. Arguments are ids
and nothing else, since jobs are rows of a global table that lives on after the person that they are about is erased.
"""

from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

# Not the app's own manager: within a worker that one has connections of its own, and would commit by itself.
_QUEUE: Final = JobManager(DjangoConnector())


class UnknownTaskError(LookupError):
    """No task has this name: a fault of the program, never of a caller."""


def enqueue(name: str, **arguments: UUID | int) -> None:
    """Have a worker run the task of this name with these ids, once the current transaction has committed.

    Outside of a transaction at once. Raises UnknownTaskError, and TypeError for an argument that is no id.
    """
    task = app.tasks.get(name)
    if task is None:
        raise UnknownTaskError(f"There is no task {name!r}.")
    job = task.configure(task_kwargs={key: _id(key, value) for key, value in arguments.items()}).job
    # Without the task's queueing lock: a job that waits already may start before this transaction commits, and would
    # not see its data.
    _QUEUE.defer_job(job.evolve(queueing_lock=None))


def _id(name: str, value: UUID | int) -> str | int:
    if isinstance(value, UUID):
        return str(value)
    if type(value) is int:
        return value
    raise TypeError(f"The argument {name!r} of a job is no id but of the type {type(value).__name__}.")
