"""manage.py verify_audit: proves the chain of the audit. Exit 1, and a list, when entries were changed or removed."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from authspine.audit import chain, heads
from authspine.audit.chain import Proof
from authspine.audit.heads import Head, HeadsUnreadable
from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel.errors import PlatformError
from authspine.operations.trial.ground import is_scratch
from authspine.orchestrator import auditing


class Command(BaseCommand):
    help = (
        "Proves the audit of one organization, or of all: every entry is there and is what it was when it was numbered."
        " Whoever owns the database could make a whole chain anew: so keep what --heads prints elsewhere, and have it"
        " compared by --expect. Changes nothing without --extend. See docs/database.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="all by default, closed ones too")
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--heads", action="store_true", help="prove nothing; print id, number and hash of each head")
        way.add_argument("--expect", type=Path, metavar="FILE", help="heads of earlier, which must still stand")
        parser.add_argument("--extend", action="store_true", help="number new entries, where the chain is whole")

    def handle(
        self,
        *args: Any,
        organization: str | None = None,
        heads: bool = False,
        expect: Path | None = None,
        extend: bool = False,
        **options: Any,
    ) -> None:
        # Before it is looked who is there: one that is made meanwhile is not removed.
        having_entries = set() if organization else chain.organizations()
        tenants = self.organizations(organization)
        if heads:
            # A trial's organizations will be gone, and their heads would be missed for ever.
            self.print_heads(tenant for tenant in tenants if organization or not is_scratch(tenant))
            return
        kept = self.expected(expect) if expect else []
        gone = having_entries - {tenant.id for tenant in tenants}
        removed = [Organization(id=each, slug=f"{each} (removed)") for each in sorted(gone)]
        wrong = sum(self.verify(tenant, kept, extend=extend) for tenant in [*tenants, *removed])
        if organization is None:
            wrong += self.tell_gone({head.organization for head in kept} - {tenant.id for tenant in tenants})
        if wrong:
            self.stderr.write(f"Faults: {wrong}.")
            raise SystemExit(1)

    def verify(self, tenant: Organization, kept: Iterable[Head], *, extend: bool) -> int:
        """How many faults there are. New entries are numbered after what stands was found whole, and are proved too."""
        mine = [head for head in kept if head.organization == tenant.id]
        proof = self.prove(tenant, mine)
        if extend and proof.waiting and not proof.wrong:
            auditing.extend(tenant)
            proof = self.prove(tenant, mine)
        self.tell(tenant, proof)
        return proof.wrong

    def prove(self, tenant: Organization, kept: Iterable[Head]) -> Proof:
        head = auditing.head(tenant)
        count = head.number if head else 0
        with tqdm(total=count, unit=" entries", desc=tenant.slug, disable=None) as bar:
            return auditing.prove(tenant, kept=kept, progress=bar.update)

    def print_heads(self, tenants: Iterable[Organization]) -> None:
        for head in filter(None, map(auditing.head, tenants)):
            self.stdout.write(str(head))

    def expected(self, file: Path) -> list[Head]:
        try:
            return heads.read(file.read_text(encoding="utf-8").splitlines())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except (HeadsUnreadable, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error

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
        waiting = f"; {proof.waiting} more have no number yet" if proof.waiting else ""
        self.stdout.write(f"{organization.slug}: {proof.count} entries, {state}{head}{waiting}.")
        for fault in proof.faults:
            self.stderr.write(f"  {fault}.")
        if proof.wrong > len(proof.faults):
            self.stderr.write(f"  and {proof.wrong - len(proof.faults)} more.")

    def tell_gone(self, gone: set[UUID]) -> int:
        """Organizations of which a head was kept, and that are not there; how many."""
        for organization in sorted(gone):
            self.stderr.write(f"  the organization {organization} is missing.")
        return len(gone)
