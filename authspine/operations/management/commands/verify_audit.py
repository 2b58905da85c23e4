"""manage.py verify_audit: proves the chain of the audit. Exit 1, and a list, when entries were changed or removed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from authspine.audit.chain import Proof
from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel.errors import PlatformError
from authspine.orchestrator import auditing


class Command(BaseCommand):
    help = (
        "Proves the audit of one organization, or of all: every entry is there and is what it was when it was numbered."
        " Prints how many there are and the head's hash; keep these elsewhere, since whoever owns the database could"
        " make a whole chain anew. Changes no entry; new ones get their numbers first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="all by default, closed ones too")

    def handle(self, *args: Any, organization: str | None, **options: Any) -> None:
        wrong = 0
        for tenant in self.organizations(organization):
            with tqdm(total=auditing.length(tenant), unit=" entries", desc=tenant.slug, disable=None) as bar:
                proof = auditing.prove(tenant, progress=bar.update)
            self.tell(tenant, proof)
            wrong += proof.wrong
        if wrong:
            self.stderr.write(f"Faults: {wrong}.")
            raise SystemExit(1)

    def organizations(self, slug: str | None) -> list[Organization]:
        if slug is None:
            return list(Organization.objects.order_by("slug"))
        try:
            return [identity_queries.organization_by_slug(slug)]
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal

    def tell(self, organization: Organization, proof: Proof) -> None:
        state = f"{proof.wrong} faults" if proof.wrong else "whole"
        head = f", head {proof.hash.hex()}" if proof.number else ""
        self.stdout.write(f"{organization.slug}: {proof.count} entries, {state}{head}.")
        for fault in proof.faults:
            self.stderr.write(f"  {fault}.")
        if proof.wrong > len(proof.faults):
            self.stderr.write(f"  and {proof.wrong - len(proof.faults)} more.")
