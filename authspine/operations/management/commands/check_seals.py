"""manage.py check_seals: every table as sealed or as global, with the reason. Exit 1 when one is neither, or when the
app may change what is told once and for all, or a trigger of the audit or the ledger does not stand.
"""

from collections.abc import Iterable
from typing import Any, LiteralString

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from authspine.operations import rights, seals, triggers


class Command(BaseCommand):
    help = (
        "Lists every table that the app can reach as sealed or as global, with the reason. Exit 1 if one is neither,"
        " or if the app may change the audit or the ledger, or a trigger of theirs does not stand."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = seals.relations(self.asked)
        for one in found:
            self.stdout.write(f"{one.name:40} {'sealed' if one.sealed else one.reason or 'NEITHER SEALED NOR GLOBAL'}")
        if wrong := list(self.wrong(found)):
            for line in wrong:
                self.stderr.write(line)
            raise SystemExit(1)

    def wrong(self, found: list[seals.Relation]) -> Iterable[str]:
        if missing := seals.unanswered(found):
            yield f"{len(missing)} of {len(found)} are neither sealed nor global."
        if given := rights.held(self.asked, settings.APP_ROLE):
            yield f"The role {settings.APP_ROLE} has {rights.told(given)}: run manage.py prepare_database."
        yield from (f"The trigger {one}." for one in triggers.lacking(self.asked))

    def asked(self, statement: LiteralString, values: dict[str, Any] | None = None) -> Iterable[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            yield from cursor.fetchall()
