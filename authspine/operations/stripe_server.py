"""A Stripe server on this machine, where no Stripe key is configured: the real SDK talks real HTTP to it.

Shared like the database: everything that runs in one checkout sees the same customers and payments. It is the
project's own sandbox; localstripe is kept as a second witness for a few tests.
"""

import fcntl
import json
import secrets
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from authspine.operations.shared_server import SharedServer

KEY = "sk_test_authspine"
STOP_SECONDS = 5

# A bank answers after days; in the demo, where nobody plays the bank, after a while.
SETTLE_SECONDS = 20


class StripeServer(SharedServer):
    """Localstripe. Keeps its payments in `folder` over restarts; with `durable=False` (tests) it forgets them."""

    program = "authspine.operations.local_stripe"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(folder)
        self.durable = durable
        self._started: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        return {"STRIPE_API_BASE": f"http://127.0.0.1:{self._known()['port']}", "STRIPE_API_KEY": KEY}

    def alive(self) -> bool:
        """The server holds a lock for as long as it lives: a number in a file could have become somebody else's."""
        with self._lock.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def ensure_running(self) -> None:
        """Returns at once: the socket listens already, and what is sent to it waits until the server has loaded."""
        if self.alive():
            return
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._started = self._start(listener, lock.fileno())
            address = {"pid": self._started.pid, "port": listener.getsockname()[1]}
            self._address.write_text(json.dumps(address | self._secrets()))

    def stop(self) -> None:
        if self.alive():
            with suppress(psutil.NoSuchProcess):
                server = psutil.Process(self._known()["pid"])
                server.send_signal(signal.SIGTERM)
                if psutil.wait_procs([server], timeout=STOP_SECONDS)[1]:
                    server.kill()
        if self._started is not None:
            self._started.wait()
            self._started = None

    def remove_data(self) -> None:
        self._state.unlink(missing_ok=True)

    def let_run(self) -> None:
        if self._started is not None:
            self._started.returncode = 0  # Not ours to wait for any longer: keeps subprocess from warning about it.
            self._started = None

    @property
    def _address(self) -> Path:
        return self.folder / "address.json"

    @property
    def _state(self) -> Path:
        return self.folder / "state.pickle"

    @property
    def _lock(self) -> Path:
        return self.folder / "server.lock"

    def _known(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self._address.read_text())
        return known

    def _secrets(self) -> dict[str, str]:
        """What else those who share it must know."""
        return {}

    def _arguments(self) -> list[str]:
        return ["--state", str(self._state)] if self.durable else []

    def _start(self, listener: socket.socket, lock: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", self.program, "--fd", str(listener.fileno()), *self._arguments()]
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[listener.fileno(), lock],
                cwd=Path(__file__).resolve().parents[2],
            )


class SandboxServer(StripeServer):
    """The project's own: with idempotency, faults by script, fees, and webhooks to `webhook_url` where it is given."""

    program = "authspine.operations.sandbox"

    def __init__(self, folder: Path, *, durable: bool = True, webhook_url: str = "") -> None:
        super().__init__(folder, durable=durable)
        self.webhook_url = webhook_url
        self._secret = "whsec_" + secrets.token_hex(16)

    def environment(self) -> dict[str, str]:
        return super().environment() | {"STRIPE_WEBHOOK_SECRET": self._known()["secret"]}

    def remove_data(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self._state.with_name(self._state.name + ending).unlink(missing_ok=True)

    @property
    def _state(self) -> Path:
        return self.folder / "sandbox.sqlite3"

    def _secrets(self) -> dict[str, str]:
        return {"secret": self._secret}

    def _arguments(self) -> list[str]:
        hook = ["--api-key", KEY, "--webhook-url", self.webhook_url, "--webhook-secret", self._secret]
        hook += ["--settle-after", str(SETTLE_SECONDS)]
        return super()._arguments() + (hook if self.webhook_url else [])
