"""gunicorn's configuration for `scripts/demo`: production workers, and a database ready before the first request.

Django is loaded once, in the master, which sets up the database and then forks: a start loads it once, not three times.
"""

import os
import sys
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

bind = f"fd://{os.environ.get('AUTHSPINE_LISTENER', '')}"
wsgi_app = "authspine.wsgi"
preload_app = True
worker_class = "gthread"
workers = min(4, max(2, os.cpu_count() or 2))
threads = 8
graceful_timeout = 5
loglevel = "warning"
control_socket_disable = True
logger_class = "authspine.operations.web_log.Log"
# Read in one place (authspine.api.address), which knows whom to believe.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def load() -> None:
    """Before gunicorn does, which would tell of a wrong setting by a traceback and another exit code."""
    try:
        import_module(wsgi_app)
    except ImproperlyConfigured as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)


def on_starting(server: Any) -> None:
    """Once Django is loaded and before the socket listens."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    try:
        call_command("set_up")
    except CommandError as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.returncode)
    sys.stdout.flush()
    import_module(settings.ROOT_URLCONF)
    # Neither a connection nor a pool's threads survive the fork.
    pooled = connections["default"]
    assert isinstance(pooled, DatabaseWrapper)
    pooled.close_pool()
    connections.close_all()


# Only where it is gunicorn's configuration.
if "AUTHSPINE_LISTENER" in os.environ:
    load()
