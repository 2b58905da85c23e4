"""Reads postmaster.pid and never believes it alone: after a kill or a reboot its number may be somebody else's."""

import contextlib
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from authspine.operations.errors import SetUpFailed

KILL_SECONDS = 10


@dataclass(frozen=True)
class Postmaster:
    """A live postmaster of one data folder."""

    process: psutil.Process
    socket_folder: Path
    ready: bool

    @classmethod
    def find(cls, cluster: Path) -> Self | None:
        """The one that runs on this data folder, or None. A file that is still being written counts as none."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            if not _serves(process, cluster):
                return None
            return cls(process, Path(lines[4]), ready=len(lines) > 7 and lines[7].strip() == "ready")
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def end(self, how: signal.Signals, seconds: float) -> None:
        """Ask it to stop, and wait. Past the time it is made to stop, which costs a recovery at the next start."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except psutil.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(seconds)

    @staticmethod
    def clear_away(cluster: Path) -> None:
        """What a killed postmaster left, where none is found: processes that hold the shared memory, and its file.

        PostgreSQL itself would refuse to start while the number in the file is that of any process, be it a stranger's
        or that of a dead child whose parent has not looked yet.
        """
        if not (cluster / "postmaster.pid").exists():
            return
        orphans = [process for process in psutil.process_iter() if _serves(process, cluster)]
        for process in orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if psutil.wait_procs(orphans, timeout=KILL_SECONDS)[1]:
            raise SetUpFailed(f"Processes of an earlier PostgreSQL in {cluster} do not end.")
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _serves(process: psutil.Process, cluster: Path) -> bool:
    """Every process of a server, and no other, is a `postgres` whose working folder is the data folder."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return Path(process.cwd()) == cluster
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
