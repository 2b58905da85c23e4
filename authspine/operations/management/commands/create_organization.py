"""manage.py create_organization NAME: a new tenant; prints its slug alone on a line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authspine.kernel.errors import PlatformError
from authspine.orchestrator import organizations


class Command(BaseCommand):
    help = "Makes an organization with its own copies of the six verticals, and prints its slug."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--slug", help="made of the name by default")
        parser.add_argument("--timezone", default="UTC", help="IANA name, such as Europe/Berlin (UTC)")
        parser.add_argument("--currency", default="USD", help="ISO 4217 code (USD)")

    def handle(self, *args: Any, name: str, slug: str | None, timezone: str, currency: str, **options: Any) -> None:
        try:
            organization = organizations.create(name=name, slug=slug, timezone=timezone, currency=currency)
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(organization.slug)
