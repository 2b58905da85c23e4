"""What keeps the scripts from starting is said in one line, with exit code 2 and without a traceback."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.folders import ROOT
from tests.operations import demos

# What the scripts use before they have found a Python.
SHELL_PROGRAMS = ("bash", "env", "dirname")


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The line."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_an_occupied_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal(demos.run(tmp_path, "--port", str(port)))
    assert line == f"Port {port} cannot be used (Address already in use); choose another with --port."


DEAD = "postgresql://me:secret@127.0.0.1:1/app"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        (
            DEAD,
            'DATABASE_URL: connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused',
        ),
        (
            "postgres/me:secret@localhost/app",
            "DATABASE_URL cannot be read; it looks like postgresql://user:password@host:5432/database.",
        ),
    ],
)
@pytest.mark.parametrize("command", [["scripts/demo", "--port", "0"], ["scripts/test"]])
def test_a_wrong_database_url(tmp_path: Path, command: list[str], url: str, line: str) -> None:
    done = subprocess.run(
        [ROOT / command[0], *command[1:]],
        env=demos.environment(tmp_path, DATABASE_URL=url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refusal(done) == line


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DATABASE_OWNER_URL", "postgres/me:secret@localhost/app", "DATABASE_OWNER_URL cannot be read"),
        ("DATABASE_OWNER_URL", DEAD, "DATABASE_OWNER_URL: connection failed"),
        ("DATABASE_POOL_MAX", "abc", "DATABASE_POOL_MAX must be a whole number"),
        ("DATABASE_POOL_MIN", "30", "DATABASE_POOL_MIN (30) must not be more than DATABASE_POOL_MAX ("),
    ],
)
# Where it is not refused, it must not run the tests within the tests.
@pytest.mark.parametrize(
    "command", [["scripts/demo", "--port", "0"], ["scripts/test", "--collect-only", "tests/kernel"]]
)
def test_a_wrong_setting(tmp_path: Path, folder: Path, command: list[str], setting: str, value: str, said: str) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        more = own.environment() | {setting: value}
        done = subprocess.run(
            [ROOT / command[0], *command[1:]],
            env=demos.environment(tmp_path, **more),
            capture_output=True,
            text=True,
            timeout=demos.START_SECONDS,
            check=False,
        )
    assert said in refusal(done)


def test_an_app_role_that_passes_the_policies(tmp_path: Path, folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER ROLE authspine_app BYPASSRLS")
        line = refusal(demos.run(tmp_path, "--port", "0", **own.environment()))
    assert line.startswith("The role authspine_app owns tables, passes row-level security or was given more than rows")


def test_tests_with_the_apps_login_alone(tmp_path: Path, folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        done = subprocess.run(
            [ROOT / "scripts/test", "--collect-only", "tests/kernel"],
            env=demos.environment(tmp_path, DATABASE_URL=own.url("authspine_app")),
            capture_output=True,
            text=True,
            check=False,
        )
    assert refusal(done).startswith("The login of DATABASE_OWNER_URL, or else of DATABASE_URL, may not make databases")


def test_a_database_that_does_not_exist(tmp_path: Path, folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        url = own.url("authspine_app", "nowhere")
        line = refusal(demos.run(tmp_path, "--port", "0", DATABASE_URL=url))
    assert line.endswith('FATAL: database "nowhere" does not exist')


def test_reset_without_anybody_to_ask(tmp_path: Path) -> None:
    assert "needs --yes" in refusal(demos.run(tmp_path, "--reset"))


def test_reset_of_a_server_of_ones_own(tmp_path: Path) -> None:
    line = refusal(demos.run(tmp_path, "--reset", "--yes", DATABASE_URL="postgresql://me@127.0.0.1/app"))
    assert line == "--reset knows the embedded database only, and DATABASE_URL is set."


@pytest.mark.parametrize("script", ["scripts/demo", "scripts/test", "scripts/check", ".ci/run"])
def test_a_python_that_is_too_old(tmp_path: Path, script: str) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in SHELL_PROGRAMS:
        (programs / name).symlink_to(str(shutil.which(name)))
    for name in ("python3", "python3.13"):
        (programs / name).write_text(
            "#!/bin/sh\nexit 1\n"
        )  # as one that is too old answers, or a shim without a Python
        (programs / name).chmod(0o755)
    checkout = tmp_path / "checkout"
    for part in ("scripts", ".ci"):
        shutil.copytree(ROOT / part, checkout / part)
    done = subprocess.run([checkout / script], env={"PATH": str(programs)}, capture_output=True, text=True, check=False)
    assert refusal(done).startswith("Python 3.12 or newer is needed")


def test_a_setting_that_is_missing_or_wrong(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    for more, said in (({}, "SECRET_KEY is not set."), ({"SECRET_KEY": "x", "DEMO": "yes"}, "DEMO must be 0 or 1")):
        done = subprocess.run(
            [ROOT / ".venv/bin/python", ROOT / "manage.py", "showmigrations"],
            env=bare | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said in refusal(done)


def test_a_database_without_tables(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as own:
        for command in (["test_database"], ["create_api_key", "studio", "--scope=read"]):
            done = subprocess.run(
                [ROOT / ".venv/bin/python", ROOT / "manage.py", *command],
                env=os.environ | own.environment(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert refusal(done) == "The database has no tables yet: run manage.py set_up."
