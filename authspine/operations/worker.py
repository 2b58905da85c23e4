"""The worker: runs jobs until it is told to stop, and goes on by itself when the database was away.

A sign to stop lets the job in hand finish; one that takes longer than STOP_SECONDS is asked to break off.
"""

import asyncio
import logging
import signal
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from procrastinate import App, JobContext, exceptions
from procrastinate.contrib.django.utils import connector_params
from procrastinate.middleware import AsyncCallNext
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from authspine.kernel import trace

STOP_SECONDS: Final = 5
PAUSE_SECONDS: Final = 2
# One connection to fetch and acknowledge jobs, one for the heartbeat meanwhile. Listening has a third of its own, and
# what tasks read and write goes through Django's pool.
CONNECTIONS: Final = 2

logger = logging.getLogger(__name__)


class Worker:
    """procrastinate's worker, which ends when its connection breaks, started again for as long as nobody says stop."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.away = False
        self.stop = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop.set)
        while not self.stop.is_set():
            await self._work_or_stop()
            if not self.stop.is_set():
                await self._pause()

    async def _work_or_stop(self) -> None:
        working, stopping = asyncio.create_task(self._work()), asyncio.create_task(self.stop.wait())
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        # To the worker that is asking it to finish.
        (working if self.stop.is_set() else stopping).cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except (exceptions.ConnectorException, PoolTimeout):
            if not self.away:
                logger.warning("The database is away; the worker tries again until it is back.")
            self.away = True
        else:
            if not self.stop.is_set():
                logger.warning("The worker was interrupted; it starts again.")

    async def _work(self) -> None:
        stalled = settings.WORKER_STALLED_SECONDS
        # Opened by us: procrastinate would wait for half a minute before it says that nobody answers.
        pool = _pool()
        with self.app.replace_connector(PsycopgConnector()):
            try:
                await pool.open(wait=True, timeout=pool.timeout)
                await self.app.open_async(pool)
                if self.away:
                    await asyncio.to_thread(forget_broken_connections)
                    logger.warning("The database is back.")
                self.away = False
                await self.app.run_worker_async(
                    worker_middleware=[named],
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=STOP_SECONDS,
                    update_heartbeat_interval=stalled / 3,
                    stalled_worker_timeout=stalled,
                )
            finally:
                await pool.close()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self.stop.wait(), PAUSE_SECONDS)
        except TimeoutError:
            return


def run(app: App) -> None:
    """Until SIGINT or SIGTERM."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(is_news)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of each connection that it gives up
    asyncio.run(Worker(app).run())


async def named(call_next: AsyncCallNext, context: JobContext, worker: object) -> Any:
    """Around each job: its lines in the log have its id."""
    with trace.doing(trace.of_job(context.job.id)):
        return await call_next()


def forget_broken_connections() -> None:
    """Those of the tasks: a pool that saw the outage waits longer and longer between its tries, and jobs would fail."""
    pooled = connections["default"]
    assert isinstance(pooled, DatabaseWrapper)
    pooled.close_pool()


def _pool() -> AsyncConnectionPool:
    return AsyncConnectionPool(
        kwargs=connector_params() | {"application_name": "authspine worker"},
        min_size=1,
        max_size=CONNECTIONS,
        timeout=float(settings.POOL["timeout"]),
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


def is_news(record: logging.LogRecord) -> bool:
    """Not the traceback of each part and job that lost its connection: that the database is away is said once."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, OperationalError | InterfaceError):
        return getattr(error.__cause__, "sqlstate", None) is not None
    return not isinstance(error, exceptions.ConnectorException)
