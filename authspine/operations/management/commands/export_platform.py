"""manage.py export_platform --organization SLUG [--output FILE] [--key-file FILE | --with-personal-data]: everything of
an organization as JSON, with what is known of people sealed under a key.
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.identity import queries as identity_queries
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.operations import export_keys
from authspine.orchestrator import exporting


class Command(BaseCommand):
    help = "Writes everything of an organization as JSON, which import_platform reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--output", type=Path, metavar="FILE", help="standard output by default")
        parser.add_argument("--key-file", type=Path, metavar="FILE", help=export_keys.HELP)
        parser.add_argument("--with-personal-data", action="store_true", help="writes it in clear, for all to read")

    def handle(
        self,
        *args: Any,
        organization: str,
        output: Path | None,
        key_file: Path | None,
        with_personal_data: bool,
        **options: Any,
    ) -> None:
        key = export_keys.for_writing(key_file, with_personal_data=with_personal_data)
        try:
            pieces = exporting.export(identity_queries.organization_by_slug(organization), SYSTEM, key=key)
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        if output is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        try:
            write_whole(output, pieces)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error


def write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write the file in one go: whoever finds it under its name finds all of it."""
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.touch(mode=0o600, exist_ok=False)  # it may tell of people
        with half.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
