"""A web server for one section: the processes and threads of production, on the benchmark's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psutil

PORT = 8799
CONFIGURATION = "authspine.operations.web_config"
WORKERS = min(4, max(2, os.cpu_count() or 2))
START_SECONDS = 30


@dataclass(frozen=True)
class Server:
    """A server that runs, and what it has cost."""

    address: str
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of processor time of its processes: a figure that other guests of the machine hardly change."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


def free_port() -> int:
    """For a server beside another one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    application: str = "authspine.wsgi",
    *,
    workers: int = WORKERS,
    threads: int = 8,
    python: str | Path = sys.executable,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    port: int = PORT,
    configuration: str = CONFIGURATION,
) -> Iterator[Server]:
    """gunicorn, until the block ends; started in `folder`."""
    address = f"127.0.0.1:{port}"
    command = [str(python), "-m", "gunicorn", application, "--bind", address, "--workers", str(workers)]
    command += ["--worker-class", "gthread", "--threads", str(threads), "--keep-alive", "30", "--log-level", "error"]
    if application in ("authspine.wsgi", "benchmark.unseen"):
        command += ["--config", f"python:{configuration}"]
    server = subprocess.Popen(command, env=environment, cwd=folder)
    try:
        _wait(server, address)
        yield Server(address, psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait(15)


def _wait(server: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection(address, timeout=10)
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
