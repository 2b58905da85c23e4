"""A background server that several processes share: the first to need it starts it, the last to leave stops it.

The count is kept by file locks, which the system frees when a process dies, however it dies. A list of process ids in a
file would still hold the killed ones, and the server would never be stopped again.
"""

import fcntl
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from authspine.operations.errors import SetUpFailed


class SharedServer(ABC):
    """One process's hold on the server in `folder`. Use as a context manager, or pair `join` with `leave`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hold: IO[str] | None = None

    @abstractmethod
    def ensure_running(self) -> None:
        """Start it, or make sure that the running one answers. Called with the turn held."""

    @abstractmethod
    def stop(self) -> None:
        """End it cleanly; nothing to do when it is down. Called with the turn held and no other user."""

    @abstractmethod
    def remove_data(self) -> None:
        """Called like `stop`, after it."""

    @abstractmethod
    def let_run(self) -> None:
        """Others still use it: forget it without ending it."""

    def join(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._turn():
            self._hold = (self.folder / "users.lock").open("w")
            fcntl.flock(self._hold, fcntl.LOCK_SH)
            try:
                self.ensure_running()
            except BaseException:
                self._release()
                raise
        return self

    def leave(self) -> None:
        if self._hold is None:
            return
        with self._turn():
            if self._is_last():
                self.stop()
            else:
                self.let_run()
            self._release()

    def remove(self) -> None:
        """Stop what a killed process may have left running, and remove the data; refused while somebody uses them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._turn():
            self._hold = (self.folder / "users.lock").open("w")
            try:
                if not self._is_last():
                    raise SetUpFailed(f"The data in {self.folder} are in use; stop the demo first.")
                self.stop()
                self.remove_data()
            finally:
                self._release()

    def _is_last(self) -> bool:
        assert self._hold is not None
        try:
            fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(self) -> None:
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Starting and stopping are done by one process at a time."""
        with (self.folder / "turn.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def __enter__(self) -> Self:
        return self.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
