"""manage.py expire_holds: holds past their deadline get their event, in every organization. For a timer."""

from typing import Any

from django.core.management.base import BaseCommand

from authspine.identity import queries as identity_queries
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings


class Command(BaseCommand):
    help = (
        "Lets the rows of lapsed holds follow their deadlines, each with its event. They block nobody before that; the"
        " reports know of them afterwards. Safe to run at any time, and twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        calendars = 0
        for organization in identity_queries.open_organizations():
            with organization_scope(organization, SYSTEM):
                calendars += bookings.expire_lapsed()
        self.stdout.write(f"Calendars with lapsed holds: {calendars}.")
