"""Servers of their own for tests that kill one: copies of a data folder that is set up once for each state of the
migrations, since setting one up takes several seconds.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.folders import var
from tests import databases
from tests.servers import ROOT


def prepared() -> Path:
    """A data folder with all migrations and one organization, and beside it a key of that: `key`."""
    shelf = var() / "test" / "clusters"
    shelf.mkdir(parents=True, exist_ok=True)
    with turn(shelf / "turn.lock"):
        made = shelf / databases.fingerprint()
        if not made.exists():
            for old in shelf.glob("*/"):
                shutil.rmtree(old)
            _make(shelf / "half")
            (shelf / "half").rename(made)
    return made


def copied(folder: Path) -> str:
    """Put a copy where EmbeddedPostgres(folder) finds it; the key of the organization in it."""
    made = prepared()
    copy(made / "data", folder)
    return (made / "key").read_text()


def copy(cluster: Path, folder: Path) -> None:
    """With the owner, who is another user where the tests run as root."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", cluster, folder / "data"], check=True)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """The last line that a command says."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout.strip().rpartition("\n")[2]


def _make(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as postgres:
        environment = postgres.environment() | {"DEMO": "0", "SECURE": "0"}
        manage(environment, "set_up")
        slug = manage(environment, "create_organization", "Studio")
        (folder / "key").write_text(manage(environment, "create_api_key", slug, "--scope", "read"))


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
