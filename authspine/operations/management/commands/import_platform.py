"""manage.py import_platform FILE --organization SLUG [--report FILE] [--key-file FILE]: brings in an export, sealed or
in clear, the original's too.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from psycopg.errors import LockNotAvailable
from tqdm import tqdm

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import strict_json
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key
from authspine.kernel.errors import PlatformError
from authspine.operations import export_keys
from authspine.orchestrator import importing


class Command(BaseCommand):
    help = "Brings an export into an organization. Wrong records are refused one by one; a second run adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--report", type=Path, metavar="FILE", help="standard output by default")
        parser.add_argument("--key-file", type=Path, metavar="FILE", help=export_keys.HELP)

    def handle(
        self, *args: Any, file: Path, organization: str, report: Path | None, key_file: Path | None, **options: Any
    ) -> None:
        key = export_keys.given(key_file)
        with in_one_line():
            tenant = identity_queries.organization_by_slug(organization)
            if report:
                report.touch()  # now, and not after everything has come in
        with in_one_line(f"{file}: "):
            found = bring_in(file, tenant, key)
        told = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        if report:
            report.write_text(told, encoding="utf-8")
        else:
            self.stdout.write(told, ending="")
        self.stderr.write(summary(found), style_func=str)


@contextmanager
def in_one_line(before: str = "") -> Iterator[None]:
    """Whatever stands in the way, as one line for the person at the terminal."""
    try:
        yield
    except PlatformError as refusal:
        raise CommandError(f"{before}{refusal.detail}") from refusal
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}") from error
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CommandError("Somebody else works on the same records at this moment. Try again.") from error
        raise


def bring_in(file: Path, organization: Organization, key: Key | None) -> dict[str, Any]:
    """Read the file and import it, with a bar on a terminal. Raises a PlatformError, OSError."""
    document = strict_json.loads(file.read_bytes(), depth=settings.MAX_IMPORT_JSON_DEPTH)
    # disable=None: no bar where nobody watches.
    with tqdm(total=importing.size(document, key), unit=" records", disable=None) as bar:
        return importing.import_document(organization, SYSTEM, document, key=key, progress=bar.update)


def summary(report: dict[str, Any]) -> str:
    imported, unchanged = sum(report["imported"].values()), sum(report["unchanged"].values())
    return f"{imported} imported, {unchanged} unchanged, {len(report['refused'])} refused."
