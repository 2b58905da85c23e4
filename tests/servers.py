"""Real server processes for tests that need them: gunicorn on the worker's database, the sandbox beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parent.parent
# As it is served in production.
GUNICORN = ("-m", "gunicorn", "--config", "python:authspine.operations.web_config", "authspine.wsgi")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Until anything answers at this address; fails with the process's own words when it ends before that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answered at {url}")


def configured() -> dict[str, str]:
    """The environment of a process that is to work on the database of this test worker."""
    name = str(connections["default"].settings_dict["NAME"])
    return {
        **os.environ,
        "DATABASE_URL": make_conninfo(settings.DATABASE_URL, dbname=name),
        "DATABASE_OWNER_URL": make_conninfo(settings.DATABASE_OWNER_URL, dbname=name),
        "DJANGO_SETTINGS_MODULE": "authspine.settings",
        "SECRET_KEY": "a key for tests",
        "DEMO": "1",
    }


@contextmanager
def gunicorn(
    log: Path, *, workers: int = 2, threads: int = 16, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The product as it is served, on the database of this test worker; gives its address."""
    with killable(log, workers=workers, threads=threads, environment=environment) as (address, _):
        yield address


@contextmanager
def killable(
    log: Path, *, workers: int = 1, threads: int = 16, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Likewise; also gives what kills all of its processes at once, as a power cut does."""
    port = free_port()
    command = [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{port}"]
    command += [
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--worker-class",
        "gthread",
        "--graceful-timeout",
        "5",
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**configured(), **(environment or {})},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/api/platform", process)
        yield f"http://127.0.0.1:{port}", lambda: os.killpg(process.pid, signal.SIGKILL)
    finally:
        process.terminate()
        process.wait(15)
