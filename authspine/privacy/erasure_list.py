"""The list of erasures: a file outside of the database, so that a restored backup forgets again whom it had forgotten.

Lines of JSON with ids and a time. A line is written as the last thing before its erasure is committed, and waits for
the disk; where nothing was committed, another line takes it back. A process that dies in between leaves a line whose
erasure had been decided on and found possible: the next start carries it out.
"""

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError

from authspine.privacy.errors import ErasureListAway, ErasureListBroken

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One erasure; its id is the receipt's."""

    id: UUID
    organization: UUID
    kind: str
    person: UUID
    at: datetime


@contextmanager
def kept() -> Iterator[Callable[[Line], None]]:
    """Around the scope of an erasure, which calls what this gives at its end; taken back if that does not commit.

    Whether a connection that broke off had committed, nobody can say here: then the line stays. Raises ErasureListAway.
    """
    written: list[Line] = []

    def add(line: Line) -> None:
        _append(_told(line))
        written.append(line)

    try:
        yield add
    except Exception as error:
        if not _is_unknown(error):
            for line in written:
                _append({"undone": str(line.id)})
        raise


def check() -> None:
    """Raise ErasureListAway where no line can be added now."""
    try:
        os.close(_open(Path(settings.ERASURE_LIST)))
    except OSError as error:
        raise ErasureListAway from error


def lines() -> list[Line]:
    """Every erasure that was not taken back, oldest first. Raises ErasureListAway, ErasureListBroken."""
    found: dict[UUID, Line] = {}
    for number, text in enumerate(_read(), start=1):
        try:
            told = json.loads(text)
            if "undone" in told:
                found.pop(UUID(told["undone"]), None)
            else:
                line = _line(told)
                found[line.id] = line
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ErasureListBroken(f"Line {number} of the list of erasures cannot be read.") from error
    return list(found.values())


def _told(line: Line) -> dict[str, str]:
    return {name: value if isinstance(value, str) else _text(value) for name, value in vars(line).items()}


def _text(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _line(told: dict[str, str]) -> Line:
    ids = {name: UUID(told[name]) for name in ("id", "organization", "person")}
    return Line(kind=told["kind"], at=datetime.fromisoformat(told["at"]), **ids)


def _append(told: dict[str, str]) -> None:
    """One line by one write, under a lock of the file, and on the disk when this returns."""
    path = Path(settings.ERASURE_LIST)
    text = (json.dumps(told) + "\n").encode()
    try:
        file = _open(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _cut_torn_end(file)
            is_new = not os.fstat(file).st_size
            if os.write(file, text) != len(text):
                raise OSError("a line was cut off")
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            _keep_name(path.parent)
    except OSError as error:
        logger.error("The list of erasures cannot be written: %s", type(error).__name__)
        raise ErasureListAway from error


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _cut_torn_end(file: int) -> None:
    """What a process that died, or a full disk, has left of a line. Its erasure was not committed."""
    end = os.lseek(file, 0, os.SEEK_END)
    if end and os.pread(file, 1, end - 1) != b"\n":
        os.ftruncate(file, os.pread(file, end, 0).rfind(b"\n") + 1)


def _keep_name(folder: Path) -> None:
    """A new file is on the disk when its folder is."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read() -> list[str]:
    try:
        with Path(settings.ERASURE_LIST).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            *whole, _ = file.read().split(b"\n")  # what follows the last one is a torn line
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ErasureListAway from error
    return [text.decode(errors="replace") for text in whole]


def _is_unknown(error: Exception) -> bool:
    """Whether the server may have committed before it fell silent."""
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError | InterfaceError) and (state is None or state[:2] in ("08", "57"))
