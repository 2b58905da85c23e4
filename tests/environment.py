"""A pytest plugin that is loaded before Django's settings: gives the tests their servers, whatever the shell has set.

The servers of the tests lie in var/test, apart from the demo's, and are shared by runs at the same time. The process
that the user starts joins them; the workers of pytest-xdist inherit its environment.
"""

import atexit
import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from authspine.operations import database, local
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from authspine.operations.folders import var
from authspine.operations.shared_server import SharedServer
from authspine.operations.stripe_server import SandboxServer
from tests import chromium

LONGEST = ("tests/browser/", "tests/operations/test_demo.py", "tests/faults/")


def _prepare() -> None:
    os.environ["SECRET_KEY"] = "for the tests only"
    os.environ["DEMO"] = "1"
    # The tests' own, kept beside their server, whose template was made with it.
    os.environ["PII_KEYS"] = local.kept(var() / "test" / "pii_keys", local.new_ring_key)
    os.environ.pop("PII_KEYS_COMMAND", None)
    # Of this run alone: its databases go with it. The workers of pytest-xdist inherit it.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["ERASURE_LIST"] = str(var() / "test" / f"erasures.{os.getpid()}.jsonl")
        atexit.register(Path(os.environ["ERASURE_LIST"]).unlink, missing_ok=True)
    # No test meets a limit but those that set one.
    os.environ["RATE_LIMITS"] = "every=10000000/minute"
    os.environ["MAX_OPEN_HOLDS"] = os.environ["MAX_LAPSES"] = "10000"
    # Races have eight threads and more beside whatever else a test process has open.
    os.environ.setdefault("DATABASE_POOL_MAX", "20")
    # The browser's driver runs an event loop in the thread that also makes the rows.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if browser := chromium.on_path():
        os.environ["CHROMIUM"] = browser
    if "PYTEST_XDIST_WORKER" not in os.environ:
        try:
            _start_servers()
            # Loaded here once, since pytest would tell of a wrong one by a traceback.
            import_module("authspine.settings")
        except (SetUpFailed, ImproperlyConfigured) as failure:
            print(failure, file=sys.stderr)
            sys.exit(2)


def _start_servers() -> None:
    """The Stripe of the tests is always the sandbox: no test may reach a real account."""
    folder = var() / "test"
    if url := os.environ.get("DATABASE_URL"):
        database.login_of(url, "DATABASE_URL")
        _refuse_without_createdb(os.environ.get("DATABASE_OWNER_URL", url))
    else:
        os.environ.update(_joined(EmbeddedPostgres(folder / "postgres", durable=False)).environment())
    os.environ.update(_joined(SandboxServer(folder / "stripe", durable=False)).environment())


def _refuse_without_createdb(url: str) -> None:
    with database.connected(url, "DATABASE_OWNER_URL") as connection:
        may = connection.execute("SELECT FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)")
        if not may.rowcount:
            raise SetUpFailed(
                "The login of DATABASE_OWNER_URL, or else of DATABASE_URL, may not make databases, and the tests make"
                " their own: it needs CREATEDB."
            )


def _joined[Server: SharedServer](server: Server) -> Server:
    """Left when Python ends, in whatever way: pytest has no hook that is called after an error in its arguments too."""
    server.join()
    atexit.register(server.leave)
    return server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="also the tests that need large tables or thousands of tries")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # In random order, but the longest first: a test of half a minute that comes last keeps all others waiting. And
    # together, so that one worker alone starts a browser unless it falls behind.
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    if config.getoption("--deep"):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    config.hook.pytest_deselected(items=deep)
    items[:] = [item for item in items if item not in deep]


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end. Looked through for rubbish again and again, it would take an eighth
    of the time of tests that render pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_prepare()
