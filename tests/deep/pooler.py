"""PgBouncer in transaction mode before the database of this test worker: few connections, shared by all who come."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from authspine.operations import system_user
from tests.deep.debian import program
from tests.servers import free_port

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
server_reset_query =
ignore_startup_parameters = extra_float_digits, options
"""


@contextmanager
def pgbouncer(*, size: int) -> Iterator[str]:
    """The address of the database through it, for the login of the app."""
    direct, listen = conninfo_to_dict(settings.DATABASE_URL), free_port()
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer"))
    system_user.give(folder)
    # Whoever comes is taken at their word, as by the tests' server, and goes on under their own name.
    users, written = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text('"authspine_app" ""\n')
    port = direct.get("port", 5432)
    written.write_text(CONFIGURATION.format(host=direct["host"], port=port, listen=listen, size=size, users=users))
    for file in (written, users):
        file.chmod(0o644)
    command: list[str | Path] = [program("pgbouncer", "pgbouncer", "/usr/sbin"), written]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, **system_user.run_options())
    try:
        _wait(listen, process)
        name = str(connections["default"].settings_dict["NAME"])
        yield make_conninfo(f"postgresql://authspine_app@127.0.0.1:{listen}/{name}")
    finally:
        process.terminate()
        process.communicate(timeout=15)
        shutil.rmtree(folder)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError((process.stderr.read() if process.stderr else b"").decode())
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("PgBouncer does not answer")
