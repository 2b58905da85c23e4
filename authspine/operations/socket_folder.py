"""The folder of the database's UNIX socket: private, beside the data, or in /tmp where the path would not do."""

import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from authspine.operations import system_user
from authspine.operations.errors import SetUpFailed

# The system takes 107 bytes (103 on some), and ".s.PGSQL.5432.lock" is part of them.
LONGEST: Final = 103 - len("/.s.PGSQL.5432")
# PostgreSQL and libpq both split a list of hosts at commas, and quote in their own ways.
PLAIN: Final = re.compile(r"/[\w /.+=~-]*", re.ASCII)


def empty_socket_folder(folder: Path) -> Path:
    """Make it, for a server that is about to start. Nobody else may enter: that is why logins need no passwords."""
    sockets = _place(folder)
    _refuse_strangers(sockets)
    system_user.give(sockets)
    for left in sockets.glob(".s.PGSQL.*"):  # by a killed server: the next would wait for its process number to be free
        left.unlink()
    return sockets


def remove_socket_folder(folder: Path) -> None:
    """After a clean stop, which leaves it empty."""
    with suppress(OSError):
        _place(folder).rmdir()


def _place(folder: Path) -> Path:
    beside = folder / "socket"
    if len(os.fsencode(beside)) <= LONGEST and PLAIN.fullmatch(str(beside)):
        return beside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(f"/tmp/authspine-{digest}")  # noqa: S108 (strangers are looked for below)


def _refuse_strangers(path: Path) -> None:
    """Its name can be guessed, so somebody may have made it first, to read along."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != system_user.user_id():
        raise SetUpFailed(f"{path} is needed for the database's socket, but somebody else made it; remove it.")
