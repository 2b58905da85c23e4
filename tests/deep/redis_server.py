"""A real Redis for the deep tests: the one on the PATH, else Debian's (as root, on Debian).

Debian's server is a link to a program of `redis-tools`, so that package alone is installed, which starts nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from tests.servers import free_port

DEBIANS = "redis-check-rdb"


def program() -> str | None:
    return shutil.which("redis-server") or shutil.which(DEBIANS) or from_debian()


def from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    sys.stderr.write("Installing Redis from Debian ...\n")
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "redis-tools"]):
        if subprocess.run([*apt, *command], stdout=subprocess.DEVNULL, env=unattended, check=False).returncode:
            return None
    return shutil.which(DEBIANS)


@dataclass
class Server:
    """A Redis that keeps nothing on disk, to be stopped, killed and started again on its port."""

    program: Path
    port: int = field(default_factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Any:
        return redis.from_url(self.url)

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]
        self.process = subprocess.Popen([self.program, *options], stdout=subprocess.DEVNULL)
        with self.client as client:
            retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 100)
            retry.call_with_retry(client.ping, lambda error: None)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    found = program()
    assert found, "No Redis is to be had here: the deep tests of limits need redis-server on the PATH."
    named = folder / "redis-server"  # by its name the program knows what it is
    named.symlink_to(found)
    server = Server(named)
    server.start()
    try:
        yield server
    finally:
        server.kill()
