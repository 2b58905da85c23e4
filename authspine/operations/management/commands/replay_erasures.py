"""manage.py replay_erasures: erases again whom a restored backup has brought back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.operations import erasures
from authspine.operations.errors import SetUpFailed


class Command(BaseCommand):
    help = (
        "Erases again everybody on the list of erasures (ERASURE_LIST) who is not erased in this database. The product"
        " does the same whenever it starts, before it answers anybody. Safe to run again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say who, by ids, and erase nobody")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        try:
            replay = erasures.replay(dry_run=dry_run)
        except SetUpFailed as failure:
            raise CommandError(str(failure), returncode=2) from failure
        if not (replay.found or verbosity):
            return
        for line in replay.found:
            self.stdout.write(f"{line.kind} {line.person} of organization {line.organization}")
        what = "would be erased again" if dry_run else "were erased again"
        self.stdout.write(
            f"Erasures on the list: {replay.listed}. Here, and not erased, until now: {len(replay.found)}"
            f"{', who ' + what if replay.found else ''}."
        )
