"""Ways to break with something in hand that must not get out: in the text of an exception, a local variable, a line of
a program that is not ours."""

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable

from django.db import connection, transaction

strange = logging.getLogger("strange")


def crash(secret: str) -> None:
    held = {"name": secret}
    raise RuntimeError(f"{held} is not what it should be")


def refuse(secret: str) -> None:
    """As a constraint does: the row stands in the detail, and the statement holds the values."""
    # The lock of a job is any text, and is had once. Undone with the transaction.
    with transaction.atomic(), connection.cursor() as cursor:
        add = "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('planted', 'planted', %s)"
        for _ in range(2):
            cursor.execute(add, [secret])


def misread(secret: str) -> None:
    """PostgreSQL quotes the value in the message itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS uuid)", [secret])


def chain(secret: str) -> None:
    try:
        refuse(secret)
    except Exception as error:
        raise LookupError(secret) from error


def say(secret: str) -> None:
    strange.error(f"All of it: {secret}")
    strange.error("Some of it: %s, %r, %d", secret, {"name": secret}, 7)
    strange.error("A dictionary: %(name)s", {"name": secret})
    strange.error("Not even well formed: %d", secret)
    strange.error("With more", extra={"secret": secret, "request": secret}, stack_info=True)
    # Of ours, by mistake, and what has a shape: nothing could find the name.
    ours, (_, _, *shaped) = logging.getLogger("authspine.planted"), secret.split()
    ours.error("By mistake: %s", " ".join(shaped))
    ours.error("Not well formed: %d", secret)


def warn(secret: str) -> None:
    warnings.warn(f"about {secret}", RuntimeWarning, stacklevel=1)


def leave_thread(secret: str) -> None:
    thread = threading.Thread(target=crash, args=[secret], name=secret)
    thread.start()
    thread.join()


def leave_task(secret: str) -> None:
    """asyncio writes the exceptions that nobody fetched, with their texts."""

    async def fail() -> None:
        crash(secret)

    async def leave() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0.01)
        del task

    asyncio.run(leave())


class Broken:
    """Raises where nobody can catch it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __del__(self) -> None:
        crash(self.secret)


def collect(secret: str) -> None:
    Broken(secret)


FAULTS: dict[str, Callable[[str], None]] = {
    fault.__name__: fault for fault in (crash, refuse, misread, chain, say, warn, leave_thread, leave_task, collect)
}
