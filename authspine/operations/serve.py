"""`scripts/demo`: the whole platform on this machine, under one supervisor.

It starts what is missing (database, Stripe's stand-in), then the web server, says where it is, then a worker, and ends
all of it in order on Ctrl-C, on SIGTERM, or when one of them ends by itself. Exit code 2 and one line where it cannot
start.
"""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from types import FrameType
from typing import Final, NoReturn
from urllib.error import HTTPError
from urllib.request import urlopen

from authspine.operations import database, local
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from authspine.operations.folders import ROOT, var
from authspine.operations.stripe_server import SandboxServer

HOST: Final = "127.0.0.1"
STOP_SECONDS: Final = 10
LOOK_SECONDS: Final = 0.1
DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG


class Stopped(BaseException):
    """Somebody asked the supervisor to stop. Like KeyboardInterrupt, no handler of errors may swallow it."""


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        if options.reset:
            reset(confirmed=options.yes)
        with listener(options.port) as bound, ExitStack() as stack:
            return run(bound, stack)
    except SetUpFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    except Stopped:
        return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Serve the whole platform on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000; 0 = any free one)")
    parser.add_argument("--reset", action="store_true", help="remove the demo's data first")
    parser.add_argument("--yes", action="store_true", help="do not ask before --reset")
    return parser.parse_args(arguments)


asked_to_stop = Event()


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """Once: a second Ctrl-C must not break off the stopping.

    It is written down as well: what is raised inside of a finalizer, or of what Python calls around a fork, is printed
    and lost.
    """
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    asked_to_stop.set()
    raise Stopped


def run(bound: socket.socket, stack: ExitStack) -> int:
    """Until something ends. What the stack holds is stopped by the caller, last started first."""
    watched: dict[str, Callable[[], bool]] = {}
    os.environ["DEMO"] = "1"
    local.use_local_defaults()
    if os.environ.get("DATABASE_URL"):
        database.login_of(os.environ["DATABASE_URL"], "DATABASE_URL")
    else:
        postgres = stack.enter_context(EmbeddedPostgres(var() / "postgres"))
        os.environ.update(postgres.environment())
        watched["The database"] = postgres.alive
    if not os.environ.get("STRIPE_API_KEY"):
        url = f"http://{HOST}:{bound.getsockname()[1]}/api/platform/webhooks/stripe"
        stripe = stack.enter_context(SandboxServer(var() / "stripe", webhook_url=url))
        os.environ.update(stripe.environment())
        watched["The local Stripe server"] = stripe.alive
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{bound.getsockname()[1]}")
    web = start_web_server(bound)
    stack.callback(end, web)
    port = bound.getsockname()[1]
    bound.close()

    def start_worker() -> None:
        worker = start(["manage.py", "worker", "--verbosity", "0"])
        stack.callback(end, worker)
        watched["The worker"] = lambda: worker.poll() is None

    return watch(web, port, watched, once_served=start_worker)


def listener(port: int) -> socket.socket:
    """Bound here, so that an occupied port is noticed before anything is started, and nobody can take it in between.

    With SO_REUSEADDR two may be bound to one port as long as neither listens, so it listens at once.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen()
    except (OSError, OverflowError) as error:
        bound.close()
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise SetUpFailed(f"Port {port} cannot be used ({reason}); choose another with --port.") from error
    return bound


def start_web_server(bound: socket.socket) -> subprocess.Popen[bytes]:
    command = ["-m", "gunicorn", "--config", "python:authspine.operations.web_server"]
    return start(command, listener=bound.fileno())


def start(command: list[str], *, listener: int | None = None) -> subprocess.Popen[bytes]:
    """A program of ours in a session of its own: a Ctrl-C reaches the supervisor alone, which ends it in its turn."""
    heard = {} if listener is None else {"AUTHSPINE_LISTENER": str(listener)}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **heard, "PYTHONUNBUFFERED": "1"},
        pass_fds=[] if listener is None else [listener],
        start_new_session=True,
        preexec_fn=end_with_supervisor,
    )


def end_with_supervisor() -> None:
    """Linux only: a supervisor that was killed cannot tell its children, so the system does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def watch(
    web: subprocess.Popen[bytes],
    port: int,
    watched: dict[str, Callable[[], bool]],
    *,
    once_served: Callable[[], None],
) -> int:
    """Until one of them ends; `once_served` starts what needs the database that the web server has set up."""
    said = False
    while web.poll() is None:
        if asked_to_stop.is_set():
            raise Stopped
        for name, alive in watched.items():
            if not alive():
                print(f"{name} has ended; stopping the rest.", file=sys.stderr)
                return 1
        if not said and answers(port):
            said = True
            print(f"Serving on http://{HOST}:{port}/platform-demo (Ctrl-C stops)", flush=True)
            once_served()
        time.sleep(LOOK_SECONDS)
    if not said and web.returncode == 2:
        return 2
    print(f"The web server has ended (exit code {web.returncode}); stopping the rest.", file=sys.stderr)
    return 1


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://{HOST}:{port}/platform-demo", timeout=10):
            return True
    except HTTPError:
        return True
    except OSError:
        return False


def reset(*, confirmed: bool) -> None:
    """Remove the embedded database, the local Stripe server's payments and the secret key."""
    if os.environ.get("DATABASE_URL"):
        raise SetUpFailed("--reset knows the embedded database only, and DATABASE_URL is set.")
    if not confirmed:
        if not sys.stdin.isatty():
            raise SetUpFailed("--reset removes the demo's data; without a terminal to ask on it needs --yes.")
        if not agreed(f"Remove the demo's data in {var()}? [y/N] "):
            raise SetUpFailed("Nothing was removed.")
    for server in (EmbeddedPostgres(var() / "postgres"), SandboxServer(var() / "stripe")):
        server.remove()
    (var() / "secret_key").unlink(missing_ok=True)


def agreed(question: str) -> bool:
    """Ctrl-D is a no."""
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        print()  # or the refusal would stand beside the question
        return False


if __name__ == "__main__":
    sys.exit(main())
