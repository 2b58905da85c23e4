"""manage.py prepare_demo: the demo organization with its sample data, a fresh API key and a fresh sign-in."""

from typing import Any

from django.core.management.base import BaseCommand

from authspine.demo import preparation


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Prepare the demo organization. Safe to run again: data stay; the last run's key and password end."

    def handle(self, *args: Any, **options: Any) -> None:
        prepared = preparation.prepare()
        self.stdout.write(f"API key: {prepared.api_key}")
        self.stdout.write(f"Admin sign-in: {prepared.email} / {prepared.password}")
        first, *more = prepared.codes
        self.stdout.write(f"Second step: {first} (good once; then {', '.join(more)}; a restart gives new ones)")
