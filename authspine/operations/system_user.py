"""PostgreSQL refuses to run as root. Started by root, it runs as a system user that must be able to reach its files."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from authspine.operations.errors import SetUpFailed

NAME = "authspine"


def needed() -> bool:
    return os.geteuid() == 0


def user_id() -> int:
    return _entry().pw_uid if needed() else os.geteuid()


def run_options() -> dict[str, Any]:
    """For subprocess: run a program of the database's as the right user, from a folder that every user may enter."""
    if not needed():
        return {"cwd": "/"}
    entry = _entry()
    return {"cwd": "/", "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(folder: Path) -> None:
    """Make the folder (new, private) the database's own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if needed():
        entry = _entry()
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def open_way_to(folder: Path, installed: list[Path]) -> None:
    """Let the system user pass through the folders above its data, and read the programs in `installed`.

    Only the right to pass is given, not to list or read, and only where it is missing: a checkout in /root or in a
    private temporary folder would not work otherwise.
    """
    if not needed():
        return
    for place in [folder, *installed]:
        for above in place.parents:
            _allow(above, stat.S_IXOTH)
    for place in installed:
        if not place.stat().st_mode & stat.S_IROTH:
            _open(place)


def _open(tree: Path) -> None:
    """The tree itself last: a run that was killed before that does it again."""
    for path in [*tree.rglob("*"), tree]:
        if not path.is_symlink():
            _allow(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def _allow(path: Path, right: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & right != right:
        path.chmod(mode | right)


def _entry() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        _create()
    return pwd.getpwnam(NAME)


def _create() -> None:
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", NAME]
    else:
        command = ["adduser", "-S", "-D", "-H", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpFailed(
            f"PostgreSQL does not run as root, and the system user {NAME!r} cannot be made; run as another user."
        ) from error
