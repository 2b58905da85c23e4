"""scripts/lib/environment.py, in a copy of the scripts whose requirements are empty: nothing is downloaded."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from authspine.operations.folders import ROOT

# All that the copy needs to have installed is nothing, with a hash of its own.
EMPTY = "# nothing\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the environment has been made once. Making one takes seconds."""
    checkout = tmp_path_factory.mktemp("check out") / "of the scripts"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    (checkout / "requirements.txt").write_text(EMPTY)
    assert said(checkout) == ["Making", "Installing"]
    return checkout


def start(checkout: Path) -> "subprocess.Popen[str]":
    command = [getattr(sys, "_base_executable", sys.executable), "scripts/lib/environment.py", "requirements.txt"]
    return subprocess.Popen(command, cwd=checkout, stderr=subprocess.PIPE, text=True)


def said(checkout: Path) -> list[str]:
    """The first words of what it told while it did its work, which must succeed."""
    return finished(start(checkout))


def finished(process: "subprocess.Popen[str]") -> list[str]:
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return [line.split()[0] for line in errors.splitlines() if not line.startswith("WARNING")]


def test_the_second_time_there_is_nothing_to_do(made: Path) -> None:
    said(made)  # another test may have left something to do
    assert said(made) == []


def test_other_pins_are_installed(made: Path) -> None:
    (made / "requirements.txt").write_text("# nothing else\n")
    assert said(made) == ["Installing"]
    assert said(made) == []


def test_an_install_that_was_killed_is_redone_from_nothing_and_by_one_of_two(made: Path) -> None:
    (made / ".venv" / ".unfinished").touch()
    (made / ".venv" / "left").touch()
    both = [start(made), start(made)]
    assert sorted(finished(process) for process in both) == [[], ["Making", "Installing"]]
    assert not (made / ".venv" / "left").exists()


def test_an_interpreter_that_was_uninstalled_is_replaced(made: Path) -> None:
    (made / ".venv" / "bin" / "python").unlink()
    (made / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert said(made) == ["Making", "Installing"]


def test_a_python_without_venv_is_told_so(made: Path) -> None:
    without = "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = ['', 'requirements.txt']; "
    done = subprocess.run(
        [sys.executable, "-c", without + "runpy.run_path('environment.py', run_name='__main__')"],
        cwd=copied(made),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith("has no ensurepip module; on Debian: apt-get install python3-venv\n")
    assert len(done.stderr.splitlines()) == 1


def copied(made: Path) -> Path:
    """The scripts of a checkout that has no environment yet."""
    fresh = made.parent / "without an environment"
    shutil.copytree(made / "scripts", fresh / "scripts")
    return fresh / "scripts" / "lib"


def test_an_install_that_fails_says_so_and_is_tried_again(made: Path) -> None:
    (made / "requirements.txt").write_text("./nowhere --hash=sha256:" + 64 * "0" + "\n")
    for _ in range(2):
        process = start(made)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 2
        assert errors.splitlines()[-1] == "pip could not install requirements.txt: see its message above."
    (made / "requirements.txt").write_text(EMPTY)
