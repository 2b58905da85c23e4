"""Many clients at once, as a process of its own: `python -m benchmark.crowd` reads what to do and tells how it went.

In: {"address", "clients": [[turn, ...], ...]}. A client has a kept connection and takes its turns one after the other;
a turn is a list of requests [method, path, headers, body], each after the one before. `{id}` in a path stands for the
id that the last answer told, `{location}` for where it pointed.
Out: {"seconds", "took": milliseconds of each turn, "statuses": {"201 200": how many turns ended so}}.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

type Request = tuple[str, str, dict[str, str], str]
type Turn = Sequence[Request]

_HEADER = re.compile(rb"\r\n(content-length|location): *([^\r]*)", re.IGNORECASE)
_ID = re.compile(rb'"id": ?"([^"]+)"')
SECONDS = 300


@dataclass
class Outcome:
    """How a crowd fared."""

    seconds: float
    took: list[float]
    statuses: dict[str, int]


def run(address: str, clients: Sequence[Sequence[Turn]]) -> Outcome:
    """Send a crowd from a process of its own, and wait until it is through."""
    told = json.dumps({"address": address, "clients": clients})
    command = [sys.executable, "-m", "benchmark.crowd"]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Outcome(**json.loads(done.stdout))


class Client(threading.Thread):
    """One client: bare sockets, so that as little time as may be is spent on this side."""

    def __init__(self, address: str, turns: Sequence[Turn], start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        host, _, port = address.partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host, self.turns, self.start_together = address, turns, start
        self.took: list[float] = []
        self.statuses: Counter[str] = Counter()

    def run(self) -> None:
        self.start_together.wait()
        for turn in self.turns:
            started = time.perf_counter()
            try:
                self.statuses[" ".join(self._answers(turn))] += 1
            except OSError as error:
                self.statuses[type(error).__name__] += 1
            self.took.append((time.perf_counter() - started) * 1000)

    def _answers(self, turn: Turn) -> list[str]:
        known, statuses = {"{id}": "", "{location}": ""}, []
        for method, path, headers, body in turn:
            for mark, value in known.items():
                path = path.replace(mark, value)
            status, head, content = self._ask(method, path, headers, body)
            statuses.append(status)
            if status[0] not in "23":
                break
            if found := _ID.search(content):
                known["{id}"] = found[1].decode()
            known["{location}"] = head.get(b"location", b"").decode()
        return statuses

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[str, dict[bytes, bytes], bytes]:
        sent = body.encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"Content-Length: {len(sent)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + sent)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        top, _, content = received.partition(b"\r\n\r\n")
        head = {name.lower(): value for name, value in _HEADER.findall(top)}
        while len(content) < int(head.get(b"content-length", 0)):
            content += self._more()
        return top[9:12].decode(), head, content

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionResetError
        return more


def main() -> None:
    job: dict[str, Any] = json.load(sys.stdin)
    start = threading.Barrier(len(job["clients"]) + 1)
    clients = [Client(job["address"], turns, start) for turns in job["clients"]]
    for client in clients:
        client.start()
    start.wait()
    started = time.perf_counter()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - started
    statuses = sum((client.statuses for client in clients), Counter())
    took = [one for client in clients for one in client.took]
    json.dump({"seconds": seconds, "took": took, "statuses": statuses}, sys.stdout)


if __name__ == "__main__":
    main()
