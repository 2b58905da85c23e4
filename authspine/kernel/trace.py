"""What is being worked on: the id that ties the lines of the log to one request, job or command, and who asked for it.

The doors set it (the web server's, the worker's, the command line's); everything below finds it here.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from authspine.kernel.actor import Actor
from authspine.kernel.redaction import redacted

# Not what the ids of jobs and commands begin with: a request would pass for one of them in the log and the audit.
_ID: Final = re.compile(r"(?!(?i:job|command)-)[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Work:
    """One request, job or command. Organization and actor are known once its door has seen who it is."""

    id: str
    organization: UUID | None = None
    actor: Actor | None = None
    address: str = ""  # of the client, where it came over the net


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work | None:
    """What is being worked on; None at the start of a process and between two requests."""
    return _current.get()


def begin(work_id: str, *, address: str = "") -> None:
    """What comes from now on belongs to this work, until the next one begins in the same thread."""
    _current.set(Work(work_id, address=address))


@contextmanager
def doing(work_id: str) -> Iterator[None]:
    """Within, all belongs to this work."""
    token = _current.set(Work(work_id))
    try:
        yield
    finally:
        _current.reset(token)


def note(organization: UUID, actor: Actor) -> None:
    """Say for whom the work is. Outside of any it does nothing."""
    work = _current.get()
    if work is not None:
        _current.set(replace(work, organization=organization, actor=actor))


def made() -> str:
    """A new id."""
    return uuid.uuid4().hex


def of_job(number: object) -> str:
    """The id of a job's work."""
    return f"job-{number}"


def accepted(sent: str | None) -> str:
    """The id that a client has sent, where it is one; else a new one: what it sends is written to the log."""
    return sent if sent and _ID.fullmatch(sent) and redacted(sent) == sent else made()
