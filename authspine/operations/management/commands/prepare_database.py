"""manage.py prepare_database: roles, grants and extension, before the first migration or after a change of login."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authspine.operations import database
from authspine.operations.errors import SetUpFailed


class Command(BaseCommand):
    help = "Make the roles and the extension that the migrations need. Safe to run again."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            database.prepare(
                owner_url=settings.DATABASE_OWNER_URL,
                app_url=settings.DATABASE_URL,
                readonly_url=settings.DATABASE_READONLY_URL,
                one_login=settings.DEMO,
            )
        except SetUpFailed as failure:
            raise CommandError(str(failure), returncode=2) from failure
        if options["verbosity"]:
            self.stdout.write("The database is prepared.")
