"""Real worker processes, as `manage.py worker` starts them, and what they say."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.servers import ROOT, configured

SECONDS = 30


@dataclass
class WorkerProcess:
    """A running worker, which writes to a file what it would say to a terminal."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> list[str]:
        return self.output.read_text().splitlines()

    def says(self, words: str) -> bool:
        """Sooner or later."""
        return comes_true(lambda: any(words in line for line in self.said))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def running(output: Path, environment: Mapping[str, str] | None = None) -> Iterator[WorkerProcess]:
    """A worker on the database of this test worker, or on the one that the environment names."""
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env={**configured(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    worker = WorkerProcess(process, output)
    try:
        assert worker.says("The worker is running."), worker.said
        yield worker
    finally:
        worker.stop(signal.SIGKILL)


def comes_true(found: Callable[[], bool], seconds: float = SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def waits_for(holder: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for what this connection holds, and not for anything else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [holder.info.backend_pid])
        return cursor.rowcount > 0


def status_of(**known: object) -> list[str]:
    """Of the jobs like this, oldest first."""
    return list(ProcrastinateJob.objects.filter(**known).order_by("id").values_list("status", flat=True))
