"""manage.py set_up: a database ready to be served, from whatever state it is in; for a demo, with its sample data."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from authspine.operations import database
from authspine.operations.errors import SetUpFailed


class Command(BaseCommand):
    help = (
        "Prepare the database, migrate it where needed and, with DEMO=1, fill the demo organization. Safe to run again."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One at a time: two that both found a fresh database would both make its tables."""
        try:
            with database.queue(settings.DATABASE_OWNER_URL, "DATABASE_OWNER_URL", to="set_up", tell=self.stderr.write):
                self.set_up()
        except SetUpFailed as failure:
            raise CommandError(str(failure), returncode=2) from failure

    def set_up(self) -> None:
        call_command("prepare_database", verbosity=0)
        if self.needs_migration():
            self.stdout.write("Migrating the database ...")
            call_command("migrate", verbosity=0, skip_checks=True)
        call_command("replay_erasures", verbosity=0, stdout=self.stdout)
        if settings.DEMO and "prepare_demo" in get_commands():
            call_command("prepare_demo", stdout=self.stdout)

    def needs_migration(self) -> bool:
        executor = MigrationExecutor(connections["owner"])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
