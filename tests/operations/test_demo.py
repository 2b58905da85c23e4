"""scripts/demo with real processes: it serves, ends in order, and the next start goes on from whatever was killed."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from authspine.operations import local, serve
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from authspine.operations.folders import ROOT
from authspine.operations.postmaster import Postmaster
from authspine.operations.stripe_server import SandboxServer
from tests import clusters
from tests.operations import demos
from tests.workers import comes_true


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A fresh folder for a demo's data; its name has a space."""
    var = tmp_path / "the demo"
    var.mkdir()
    yield var
    EmbeddedPostgres(var / "postgres").remove()
    SandboxServer(var / "stripe").remove()


@pytest.fixture
def used(var: Path) -> Path:
    """The same with a database that is migrated: what a start from nothing costs is paid by the first test."""
    clusters.copied(var / "postgres")
    return var


def postmaster(var: Path) -> psutil.Process | None:
    found = Postmaster.find(var / "postgres" / "data")
    return found.process if found else None


def status(address: str) -> int:
    try:
        with urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def execute(var: Path, statement: str) -> None:
    with psycopg.connect(EmbeddedPostgres(var / "postgres").url("authspine_owner")) as connection:
        connection.execute(statement.encode())


def children(demo: demos.Demo) -> list[psutil.Process]:
    return psutil.Process(demo.process.pid).children(recursive=True)


def web_servers(demo: demos.Demo) -> list[psutil.Process]:
    return [child for child in children(demo) if "gunicorn" in " ".join(words_of(child))]


def words_of(child: psutil.Process) -> list[str]:
    """Its command line; none when it has ended since it was listed."""
    try:
        return child.cmdline()
    except psutil.NoSuchProcess:
        return []


def worker(demo: demos.Demo) -> psutil.Process:
    """Started once the demo serves."""
    found: list[psutil.Process] = []

    def look() -> bool:
        found[:] = [child for child in children(demo) if "worker" in words_of(child)]
        return bool(found)

    assert comes_true(look), demo.said
    return found[0]


def test_from_nothing_to_ctrl_c_and_again_after_a_killed_database(var: Path) -> None:
    with demos.running(var) as demo:
        assert status(demo.address()) == 200
        worker(demo)
        started = children(demo)
        assert len(web_servers(demo)) >= 3  # a master and its workers
        assert demo.stop(signal.SIGINT) == 0
    assert "Migrating the database ..." in demo.said
    assert not [process for process in started if process.is_running()]
    assert not SandboxServer(var / "stripe").alive()

    with demos.running(var) as demo:
        demo.address()
        assert not [line for line in demo.said if line.startswith(("Making", "Installing", "Migrating"))]
        execute(var, "CREATE TYPE kept AS ENUM ()")
        process = postmaster(var)
        assert process is not None
        process.kill()
        assert demo.process.wait(demos.STOP_SECONDS) == 1
        assert "The database has ended; stopping the rest." in demo.said

    with demos.running(var) as demo:
        demo.address()
        execute(var, "SELECT NULL::kept")
        worker(demo).kill()
        assert demo.process.wait(demos.STOP_SECONDS) == 1
        assert "The worker has ended; stopping the rest." in demo.said


def test_two_at_once_and_a_killed_supervisor(used: Path) -> None:
    var = used
    with demos.running(var) as first:
        first.address()
        with demos.running(var) as second:
            address = second.address()
            assert first.stop() == 0
            assert status(address) == 200
            left, served_by = postmaster(var), [*web_servers(second), worker(second)]
            second.process.kill()
            assert not psutil.wait_procs(served_by, timeout=20)[1]

    with demos.running(var) as third:
        third.address()
        assert postmaster(var) == left
        web_servers(third)[0].kill()
        assert third.process.wait(demos.STOP_SECONDS) == 1
        assert any(line.startswith("The web server has ended") for line in third.said)
    assert postmaster(var) is None


def test_a_port_is_taken_from_the_moment_it_is_looked_at() -> None:
    """Not only once it serves, which is seconds later: a second start would have made itself at home by then."""
    with serve.listener(0) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(SetUpFailed, match=f"Port {port} cannot be used"):
            serve.listener(port)


@pytest.mark.parametrize(("before", "command"), [((), "set_up"), (("prepare_database",), "migrate")])
def test_two_set_up_one_fresh_database_at_once(folder: Path, before: tuple[str, ...], command: str) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        variables = demos.environment(folder.parent, SECRET_KEY="x", DEMO="1", **own.environment())
        for first in before:
            clusters.manage(variables, first)
        both = [
            subprocess.Popen(
                [str(ROOT / ".venv/bin/python"), str(ROOT / "manage.py"), command],
                env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
            for _ in range(2)
        ]  # fmt: skip
        said = [process.communicate(timeout=demos.START_SECONDS)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Migrating" in words or "Applying" in words for words in said) == 1


LOST = """
import os, signal, subprocess, sys
from authspine.operations import serve
signal.signal(signal.SIGINT, serve.stop)
web = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
os.register_at_fork(before=lambda: os.kill(os.getpid(), signal.SIGINT))
subprocess.Popen([sys.executable, "-c", ""], preexec_fn=int).wait()
try:
    serve.watch(web, 1, {}, once_served=int)
except serve.Stopped:
    print("stopped")
finally:
    web.kill()
"""


def test_a_ctrl_c_while_it_starts_a_process_is_not_lost() -> None:
    """Python only prints what is raised around a fork, and the supervisor would run on, deaf to any further one."""
    ended = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", LOST], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert "Exception ignored" in ended.stderr, "the control: it was raised where it is lost"
    assert ended.stdout == "stopped\n"


def test_reset_removes_what_the_demo_made(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    var = used
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AUTHSPINE_VAR", str(var))
    old = local.kept(var / "secret_key", local.new_ring_key)
    with EmbeddedPostgres(var / "postgres"):
        execute(var, "CREATE TABLE gone ()")
        with pytest.raises(SetUpFailed, match="in use"):
            serve.reset(confirmed=True)
    serve.reset(confirmed=True)
    with EmbeddedPostgres(var / "postgres"), pytest.raises(psycopg.errors.UndefinedTable):
        execute(var, "TABLE gone")
    assert local.kept(var / "secret_key", local.new_ring_key) != old


def test_a_server_of_ones_own_is_used_and_none_is_started(var: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    clusters.copied(folder)
    with EmbeddedPostgres(folder, durable=False) as own, demos.running(var, **own.environment()) as demo:
        demo.address()
        assert postmaster(var) is None
        assert demo.stop() == 0
        assert own.alive()
