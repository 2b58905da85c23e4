"""manage.py migrate, as the role that owns the tables: the app's own role may not change them."""

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connections

from authspine.operations import reports, rights
from authspine.operations.database import one_line, queue
from authspine.operations.errors import SetUpFailed


class Command(Migrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """One at a time: two would make the same tables, and indexes that take no lock would wait for each other."""
        only_looks = options.get("plan") or options.get("check_unapplied")
        owner = settings.DATABASE_OWNER_URL, "DATABASE_OWNER_URL"
        turn = nullcontext() if only_looks else queue(*owner, to="migrate", tell=self.stderr.write)
        try:
            with turn:
                super().handle(*args, **options)
                if not only_looks:
                    set_rights()
        except SetUpFailed as failure:
            raise CommandError(str(failure), returncode=2) from failure
        except OperationalError as error:
            raise CommandError(f"The database cannot be migrated: {one_line(error)}", returncode=2) from error


def set_rights() -> None:
    """A new table is opened to reports, if it may be, as soon as it is there, and what the app may not do stays taken
    from it; roles that are not there yet are made by prepare_database, which does the same."""
    owner = connections["owner"]
    owner.ensure_connection()
    if reports.exists(owner.connection):
        reports.open_tables(owner.connection)
    rights.take_away(owner.connection, settings.APP_ROLE)
