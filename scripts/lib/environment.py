"""Keeps .venv equal to the pinned requirements: quick when nothing changed, safe to kill and to run twice at once.

Runs before anything is installed: standard library only, on any Python that the scripts accept.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Stands in .venv while something is installed. An install that was killed leaves it behind, and is redone from nothing.
UNFINISHED = VENV / ".unfinished"


class SetUpFailed(Exception):
    """Says in one line why there is no environment."""


def main(names: list[str]) -> int:
    """Install each requirements file named, in order. 0 = .venv is ready; 2 = it cannot be made, said in one line."""
    try:
        (ROOT / "var").mkdir(exist_ok=True)
        with (ROOT / "var" / "environment.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not usable():
                make()
            for name in names:
                install(ROOT / name)
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def usable() -> bool:
    """Whether .venv is finished and its interpreter, which may have been uninstalled since, still runs."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 12))"
    return subprocess.run([PYTHON, "-ISc", probe], capture_output=True, check=False).returncode == 0


def make() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as missing:
        raise SetUpFailed(
            f"{sys.executable} has no {missing.name} module; on Debian: apt-get install python3-venv"
        ) from missing
    print(f"Making .venv with Python {sys.version.split()[0]} ...", file=sys.stderr)
    move_aside()
    VENV.mkdir()
    UNFINISHED.touch()
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise SetUpFailed(f"The environment .venv cannot be made: {failure}") from failure


def move_aside() -> None:
    """Renamed before it is removed: a removal killed half-way must not leave what looks like an environment."""
    old = ROOT / ".venv.old"
    shutil.rmtree(old, ignore_errors=True)
    if VENV.exists():
        VENV.rename(old)
        shutil.rmtree(old, ignore_errors=True)


def install(requirements: Path) -> None:
    stamp = VENV / f".installed-{requirements.stem}"
    wanted = fingerprint(requirements)
    if stamp.exists() and stamp.read_text() == wanted and not UNFINISHED.exists():
        return
    print(f"Installing {requirements.name} (about a minute) ...", file=sys.stderr)
    UNFINISHED.touch()
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--no-compile"]
    ended = subprocess.run([*pip, "--require-hashes", "-r", requirements], check=False).returncode
    UNFINISHED.unlink()
    if ended != 0:
        raise SetUpFailed(f"pip could not install {requirements.name}: see its message above.")
    stamp.write_text(wanted)


def fingerprint(requirements: Path) -> str:
    """What the stamp must say: the pins, and the Python that they were installed for."""
    version = (VENV / "pyvenv.cfg").read_bytes()
    return hashlib.sha256(version + requirements.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
