"""manage.py check_ledger: proves the ledger. Exit 1, and a list, when it differs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import PlatformError
from authspine.kernel.money import Money, format_money
from authspine.orchestrator import ledger
from authspine.orchestrator.ledger import Findings
from payments.errors import GatewayUnavailable


class Command(BaseCommand):
    help = (
        "Proves the ledger of one organization, or of all: each transaction balances, and each account holds of every"
        " booking what its payments, refunds and fees say. Changes nothing, unless --post is given: then what is"
        " missing is written, as corrections. With --gateway cash and fees are compared with the payment provider's own"
        " balance transactions, too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="all that are open by default")
        parser.add_argument("--post", action="store_true", help="write what is missing")
        parser.add_argument("--gateway", action="store_true", help="ask the provider, too: some calls a payment")

    def handle(self, *args: Any, organization: str | None, post: bool, gateway: bool, **options: Any) -> None:
        wrong = 0
        for tenant in self.organizations(organization):
            with tqdm(total=ledger.count(tenant, SYSTEM), unit=" bookings", desc=tenant.slug, disable=None) as bar:
                found = ledger.check(tenant, SYSTEM, mending=post, progress=bar.update)
            if gateway:
                found.differences += self.compare(tenant)
            self.tell(tenant, found)
            wrong += len(found.differences)
        if wrong:
            self.stderr.write(f"Differences: {wrong}.")
            raise SystemExit(1)

    def compare(self, tenant: Organization) -> list[str]:
        """Payment by payment, with what the provider's books say."""
        payments = ledger.charged(tenant, SYSTEM)
        try:
            with tqdm(payments, unit=" payments", desc="at the provider", disable=None) as bar:
                return [difference for one in bar for difference in ledger.told_otherwise(one)]
        except GatewayUnavailable as away:
            raise CommandError(away.detail, returncode=2) from away

    def organizations(self, slug: str | None) -> list[Organization]:
        if slug is None:
            return list(identity_queries.open_organizations())
        try:
            return [identity_queries.organization_by_slug(slug)]
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal

    def tell(self, organization: Organization, found: Findings) -> None:
        mended = f", {found.corrected} corrections" if found.corrected else ""
        state = f"{len(found.differences)} differences" if found.differences else "clean"
        self.stdout.write(f"{organization.slug}: {found.bookings} bookings{mended}, {state}.")
        for account, currency, cents in found.sums:
            self.stdout.write(f"  {account:<18} {format_money(Money(cents, currency)):>20} {currency}")
        for difference in found.differences:
            self.stderr.write(f"  {difference}")
