"""A web server for one section: the processes and threads of production, on the benchmark's database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

PORT = 8799
ADDRESS = f"127.0.0.1:{PORT}"
WORKERS = min(4, max(2, os.cpu_count() or 2))
START_SECONDS = 30


@contextmanager
def serving(
    application: str = "authspine.wsgi",
    *,
    workers: int = WORKERS,
    threads: int = 8,
    python: str | Path = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """gunicorn, until the block ends; gives its address."""
    command = [str(python), "-m", "gunicorn", application, "--bind", ADDRESS, "--workers", str(workers)]
    command += ["--worker-class", "gthread", "--threads", str(threads), "--keep-alive", "30", "--log-level", "error"]
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(server)
        yield ADDRESS
    finally:
        server.terminate()
        server.wait(15)


def _wait(server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection(ADDRESS, timeout=10)
        try:
            connection.request("GET", "/api/platform")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("The web server does not answer.")
