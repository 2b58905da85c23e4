"""manage.py rotate_keys: what is known of people comes under new keys, wrapped by the first one of PII_KEYS.

Exit 1 when something would not open, 2 when it cannot begin.
"""

import time
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from authspine.kernel import locks
from authspine.kernel.crypto import SealBroken
from authspine.orchestrator import rotation
from authspine.orchestrator.rotation import Report
from authspine.privacy import ring

TURN: Final = "authspine.rotate_keys"
PATIENCE_SECONDS: Final = 10


class Command(BaseCommand):
    help = (
        "Brings all that is known of people under new keys, which the first one of PII_KEYS wraps, while everybody goes"
        " on working; afterwards the other ones of PII_KEYS open nothing any more. Broken off, it goes on when it is"
        " started again. See docs/keys.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what is to be done, and do nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        with locks.turn(TURN) as mine:
            if not mine:
                raise CommandError("The keys are being rotated by another process at this moment.", returncode=2)
            try:
                self.rotate(dry_run=dry_run)
            except SealBroken as error:
                raise CommandError(ring.explain(error), returncode=2) from error

    def rotate(self, *, dry_run: bool) -> None:
        due = rotation.due()
        counted = tqdm(due, unit=" holders", desc="counting", leave=False, disable=None)
        values = sum(rotation.count(holder) for holder in counted)
        if dry_run:
            self.stdout.write(f"To be sealed anew: {values:,} values of {_holders(len(due))}.")
            return
        with tqdm(total=values, unit=" values", disable=None) as bar:
            report = rotation.rotate(progress=bar.update, waiting=Waiting(self, bar))
        self.tell(report)

    def tell(self, report: Report) -> None:
        self.stdout.write(f"Sealed anew: {report.values:,} values of {_holders(report.holders)}.")
        if report.broken:
            for one in report.broken:
                self.stderr.write(f"Does not open: {one}")
            self.stderr.write("What does not open was changed or moved; the key that it is under is kept.")
            raise SystemExit(1)


def _holders(number: int) -> str:
    return f"{number:,} {'holder' if number == 1 else 'holders'} of keys"


class Waiting:
    """Says at the bar whom it waits for, and after a while to those who watch no bar, too."""

    def __init__(self, command: BaseCommand, bar: Any) -> None:
        self.command, self.bar = command, bar
        self.since, self.told = 0.0, False

    def __call__(self, processes: list[int]) -> None:
        words = f"Waiting for transactions of the database's processes {', '.join(map(str, processes))}."
        self.bar.set_postfix_str(words)
        self.since = self.since or time.monotonic()
        if not self.told and time.monotonic() - self.since > PATIENCE_SECONDS:
            self.told = True
            self.command.stderr.write(words)
