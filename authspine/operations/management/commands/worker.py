"""manage.py worker: runs jobs until SIGTERM or Ctrl-C. Several may run at once, on several machines."""

from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from procrastinate import exceptions
from procrastinate.contrib.django import app

from authspine.kernel import clock
from authspine.operations import database, erasures, worker
from authspine.operations.app_role import RoleGuard
from authspine.operations.errors import SetUpFailed


class Command(BaseCommand):
    help = "Runs jobs, among them those of every minute: holds that lapse. Stops on SIGTERM or Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # A database that is away later is waited for; one that cannot be reached at the start is a wrong setting.
        database.login_of(settings.DATABASE_URL, "DATABASE_URL")
        RoleGuard().refuse_powerful_role()
        check_queue()
        erasures.replay()
        look_for_stalled()
        self._say("The worker is running.", options["verbosity"])
        worker.run(app)
        self._say("The worker has stopped.", options["verbosity"])

    def _say(self, words: str, verbosity: int) -> None:
        if verbosity:
            self.stdout.write(words)
            self.stdout.flush()


def check_queue() -> None:
    """As the app's role. Raises SetUpFailed."""
    role = f"-c role={settings.APP_ROLE}"
    try:
        with psycopg.connect(settings.DATABASE_URL, options=role, connect_timeout=database.CONNECT_SECONDS) as one:
            row = one.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
    except psycopg.Error as error:
        raise SetUpFailed(f"DATABASE_URL: {database.one_line(error)}") from error
    if not row or row[0] is None:
        raise SetUpFailed("The database has no queue of jobs yet: run manage.py migrate.")


def look_for_stalled() -> None:
    """At once, and not only with the next minute: a worker is often started because another one died."""
    with suppress(exceptions.AlreadyEnqueued):
        app.configure_task("operations.retry_stalled").defer(timestamp=int(clock.now().timestamp()))
    connection.close()
