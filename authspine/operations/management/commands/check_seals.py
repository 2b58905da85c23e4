"""manage.py check_seals: every table as sealed or as global, with the reason. Exit 1 when one is neither."""

from collections.abc import Iterable
from typing import Any, LiteralString

from django.core.management.base import BaseCommand
from django.db import connection

from authspine.operations import seals


class Command(BaseCommand):
    help = "Lists every table that the app can reach as sealed or as global, with the reason. Exit 1 if one is neither."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = seals.relations(self.asked)
        for one in found:
            self.stdout.write(f"{one.name:40} {'sealed' if one.sealed else one.reason or 'NEITHER SEALED NOR GLOBAL'}")
        if missing := seals.unanswered(found):
            self.stderr.write(f"{len(missing)} of {len(found)} are neither sealed nor global.")
            raise SystemExit(1)

    def asked(self, statement: LiteralString) -> Iterable[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            yield from cursor.fetchall()
