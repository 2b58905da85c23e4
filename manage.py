#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it uses the embedded PostgreSQL, and starts it if need be."""

import logging
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError
from psycopg.errors import UndefinedTable

from authspine.kernel import tenancy, trace
from authspine.kernel.logs import hooks
from authspine.operations import app_role, database, local
from authspine.operations.errors import SetUpFailed

# These read no table, so no server is started for them.
WITHOUT_DATABASE = {"help", "version", "--help", "-h", "--version", "collectstatic", "findstatic", "spectacular"}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")
    tenancy.be_patient()
    trace.begin(f"command-{trace.made()}")
    hooks.take_over()
    # The pool would tell of each try; what is wrong is told once, below.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    try:
        execute()
    except (SetUpFailed, ImproperlyConfigured) as failure:
        print(failure, file=sys.stderr)
        return 2
    return 0


def execute() -> None:
    if len(sys.argv) < 2 or WITHOUT_DATABASE.intersection(sys.argv[1:]):
        local.use_local_defaults()
        os.environ.setdefault("DATABASE_URL", "postgresql:///authspine")
        execute_from_command_line(sys.argv)
        return
    with local.database_environment():
        try:
            app_role.refuse_at_command(sys.argv[1])
            execute_from_command_line(sys.argv)
        except OperationalError as error:
            explain(error)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            raise SetUpFailed("The database has no tables yet: run manage.py set_up.") from error


def explain(error: OperationalError) -> None:
    """A pool says only that it waited in vain: a connection of our own says why. Other errors are not about set-up."""
    database.login_of(os.environ["DATABASE_URL"], "DATABASE_URL")
    raise error


if __name__ == "__main__":
    sys.exit(main())
