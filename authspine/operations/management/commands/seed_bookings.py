"""manage.py seed_bookings: an empty organization becomes a large business, for measurements."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.tenancy import organization_scope
from authspine.operations import seeding
from bookings.models import Booking
from clients.models import Client
from professionals.models import Professional


class Command(BaseCommand):
    help = (
        "Fills an empty organization with professionals, services, clients and two years of bookings, the same for the"
        " same seed. Refuses an organization that has any of them already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--bookings", type=int, default=1_000_000, help="(1,000,000)")
        parser.add_argument("--professionals", type=int, default=2_000, help="(2,000)")
        parser.add_argument("--seed", type=int, default=1, help="(1)")

    def handle(
        self, *args: Any, organization: str, bookings: int, professionals: int, seed: int, **options: Any
    ) -> None:
        try:
            tenant = identity_queries.organization_by_slug(organization)
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.check_empty(tenant)
        if professionals < 1 or bookings % professionals or not 1 <= bookings // professionals <= seeding.MOST:
            raise CommandError(f"Every professional has as many bookings as the others, from 1 to {seeding.MOST:,}.")
        started = time.monotonic()
        with tqdm(total=bookings, unit=" bookings", disable=None) as bar:
            seeding.seed(tenant, bookings=bookings, professionals=professionals, seed=seed, progress=bar.update)
        self.stdout.write(f"{bookings:,} bookings in {time.monotonic() - started:.0f} s.")

    def check_empty(self, organization: Organization) -> None:
        """Made-up bookings never come to stand among real ones."""
        with organization_scope(organization, SYSTEM):
            if any(model.objects.exists() for model in (Booking, Professional, Client)):
                raise CommandError(f"The organization {organization.slug!r} is in use. Make one for this.")
