"""Where the browser tests' Chromium comes from, with programs of our own on the PATH: nothing is downloaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import chromium
from tests.servers import ROOT


def program(folder: Path, name: str, body: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def found(folder: Path, **environment: str) -> tuple[str, str]:
    """What is printed, on a machine that has nothing but what lies in the folder; and what is said beside it."""
    bare = {name: value for name, value in os.environ.items() if name != "CHROMIUM"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.chromium"],
        cwd=ROOT,
        env=bare | {"PATH": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip(), done.stderr.strip()


@pytest.mark.parametrize("name", chromium.NAMES)
def test_the_one_on_the_path(tmp_path: Path, name: str) -> None:
    browser = program(tmp_path, name)
    assert found(tmp_path) == (str(browser), "")


@pytest.mark.skipif(os.geteuid() != 0, reason="packages are installed by root")
def test_debians_package_when_there_is_none(tmp_path: Path) -> None:
    package = program(tmp_path, "package")
    said = tmp_path / "said"
    program(
        tmp_path,
        "apt-get",
        f'echo "$@" >> {said}\ncase "$*" in *install*) /bin/cp {package} {tmp_path}/chromium;; esac',
    )
    assert found(tmp_path) == (str(tmp_path / "chromium"), "Installing Chromium from Debian ...")
    assert [line.split()[3] for line in said.read_text().splitlines()] == ["update", "install"]


def test_playwrights_own_when_debian_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "apt-get", "exit 1")
    browsers = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    # A stand-in for the download: where Playwright would put its browser there is one already.
    where = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run(
        [sys.executable, "-c", where], env=os.environ | browsers, capture_output=True, text=True, check=True
    )
    path = Path(done.stdout.strip())
    path.parent.mkdir(parents=True)
    program(path.parent, path.name)
    assert found(tmp_path, **browsers)[0] == str(path)


# In place of the download, which no test may try: one that fails, and says so at length.
NO_DOWNLOAD = """
import runpy, subprocess, sys
run = subprocess.run
def refuse(command, **options):
    assert command[1:] == ["-m", "playwright", "install", "chromium"]
    return run([sys.executable, "-c", "import sys; sys.exit('no such host')"], **options)
subprocess.run = refuse
runpy.run_module("tests.chromium", run_name="__main__")
"""


def test_where_none_can_be_had_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bare = {name: value for name, value in os.environ.items() if name != "CHROMIUM"}
    done = subprocess.run(
        [sys.executable, "-c", NO_DOWNLOAD],
        cwd=ROOT,
        env=bare | {"PATH": str(tmp_path / "empty"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "Downloading Chromium ...",
        "No Chromium is to be had here: the browser tests will fail. CHROMIUM may name one.",
    ]
