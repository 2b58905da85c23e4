"""manage.py apply_retention: erases the clients whose vertical's days are over, or says who they are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.kernel.errors import Unavailable
from authspine.orchestrator import erasure


class Command(BaseCommand):
    help = (
        "Erases, in every organization, the clients whom nobody has served for longer than the data_retention_days of"
        " their verticals. The worker does the same every night when RETENTION is `erase`. Safe to run again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say who, by ids, and erase nobody")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        try:
            done = erasure.apply_retention(dry_run=dry_run)
        except Unavailable as failure:
            raise CommandError(str(failure), returncode=2) from failure
        did = "would be erased" if dry_run else "was erased"
        for organization, client in done.erased:
            self.stdout.write(f"client {client} of {organization.slug} {did}")
        for organization, client, code in done.kept:
            self.stdout.write(f"client {client} of {organization.slug} must stay: {code}")
        self.stdout.write(f"Clients whose time is over: {len(done.erased)} {did}, {len(done.kept)} must stay.")
