"""manage.py new_key [FILE]: a key of 32 random bytes in base64, as exports and PII_KEYS take them."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.operations.local import new_ring_key


class Command(BaseCommand):
    help = "Makes a key, for a file that its owner alone may read, or prints it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a new file; standard output by default")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        key = new_ring_key() + "\n"
        if file is None:
            self.stdout.write(key, ending="")
            return
        try:
            # Only a new file: what another key has sealed would be lost with it.
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
                made.write(key)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
