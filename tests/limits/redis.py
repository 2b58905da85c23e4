"""Sockets in the place of a Redis: one that takes connections and never answers, and a door to where nobody is."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import free_port


@contextmanager
def hanging() -> Iterator[str]:
    """Like one that is stopped: the system accepts for it, and reads what is sent. Its URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def gone() -> str:
    """The URL of one that is not there."""
    return f"redis://127.0.0.1:{free_port()}/0"


@contextmanager
def refusing() -> Iterator[str]:
    """One that has no room left, and says so to everything. Its URL."""
    ended = threading.Event()

    def answer(taken: socket.socket) -> None:
        with taken:
            while not ended.is_set() and taken.recv(65536):
                taken.sendall(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n" * 8)

    def serve() -> None:
        while not ended.is_set():
            try:
                taken, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(taken,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
