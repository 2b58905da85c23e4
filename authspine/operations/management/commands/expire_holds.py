"""manage.py expire_holds: what the worker does every minute, once and at once. Exit 1 when an organization failed."""

from typing import Any

from django.core.management.base import BaseCommand

from authspine.orchestrator import bookings, sweep


class Command(BaseCommand):
    help = (
        "Lets the rows of lapsed holds follow their deadlines, each with its event. They block nobody before that; the"
        " reports know of them afterwards. Safe to run at any time, twice, and beside a worker."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = sweep.in_every_organization(bookings.expire_lapsed)
        self.stdout.write(f"Calendars with lapsed holds: {found.done}.")
        if found.failed:
            self.stderr.write(f"Failed in {len(found.failed)} of the organizations: {', '.join(found.failed)}")
            raise SystemExit(1)
