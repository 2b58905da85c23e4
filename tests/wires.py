"""Between the platform and PostgreSQL: a wire that cuts a connection within its COMMIT: an unknown outcome."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connections
from psycopg.conninfo import make_conninfo


class CuttingWire:
    """Cuts the first connection that commits after it has sent these words.

    `lost`: the COMMIT arrives and is carried out, and its answer is not let through; `unsent`: it never arrives.
    """

    def __init__(self, words: bytes, mode: str) -> None:
        self.words, self.mode = words, mode
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def environment(self) -> dict[str, str]:
        port = self.listener.getsockname()[1]
        name = str(connections["default"].settings_dict["NAME"])
        user = str(connections["default"].settings_dict["USER"])
        url = make_conninfo(dbname=name, user=user, host="127.0.0.1", port=port, sslmode="disable")
        return {"DATABASE_URL": url}

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(client, _to_the_server()), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        said = False
        with suppress(OSError):
            back.start()
            while received := client.recv(65536):
                said = said or self.words in received
                if said and b"COMMIT" in received and not self.cuts:
                    self._cut(client, server, received)
                    return
                server.sendall(received)
        for each in (client, server):
            _close(each)

    def _cut(self, client: socket.socket, server: socket.socket, commit: bytes) -> None:
        self.cuts += 1
        _close(client)
        if self.mode == "lost":
            server.sendall(commit + b"X\x00\x00\x00\x04")  # and a goodbye: what came before it is carried out
        _close(server)


def _to_the_server() -> socket.socket:
    told = connections["default"].settings_dict
    host, port = str(told["HOST"]), int(told["PORT"] or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    server.connect(str(Path(host) / f".s.PGSQL.{port}"))
    return server


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_WR)
    with suppress(OSError):
        one.close()


@contextmanager
def cutting(words: str, mode: str) -> Iterator[CuttingWire]:
    wire = CuttingWire(words.encode(), mode)
    threading.Thread(target=wire.serve, daemon=True).start()
    try:
        yield wire
    finally:
        wire.listener.close()
