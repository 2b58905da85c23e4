"""manage.py reconcile_payments: compare payments with the gateway at once, repair, and say what a human must look at.

Exit 1 when there is something to look at, 2 when the gateway is away.
"""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.errors import PlatformError
from authspine.orchestrator import payments
from authspine.orchestrator.payments.reconciling import Report
from payments.errors import GatewayUnavailable
from payments.tasks import COMPARED


class Command(BaseCommand):
    help = (
        "Compares payments with what the gateway says, and repairs what a crash or missed webhooks have left behind:"
        " events that never came, unknown outcomes, unfinished refunds, unsettled bookings. Reports what a human must"
        " look at. Safe to run at any time, twice, and beside a worker, which does the same every ten minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="TIME", help="a date or an ISO 8601 time (three days ago)")
        parser.add_argument(
            "--organization", metavar="SLUG", help="its payments alone (all); missed events are always everybody's"
        )

    def handle(self, *args: Any, since: str | None, organization: str | None, **options: Any) -> None:
        moment, one = _moment(since), _organization(organization)
        with tqdm(unit=" looked at", disable=None) as bar:
            try:
                report = payments.reconcile(moment, organization=one, tick=bar.update)
            except GatewayUnavailable as failure:
                bar.close()
                raise CommandError(
                    f"{failure.detail} What was repaired until now stays repaired; run this again.", returncode=2
                ) from failure
        self.tell(report)
        if not report.is_clean:
            raise SystemExit(1)

    def tell(self, report: Report) -> None:
        for what, count in sorted((+report.done).items()):
            self.stdout.write(f"{count:,} {what}")
        if not +report.done:
            self.stdout.write("Nothing was to be repaired.")
        for slug, alerts in sorted(report.alerts.items()):
            for alert in alerts:
                self.stderr.write(f"Look at {slug}, {alert.kind} {alert.subject}: {alert.detail}")
        for what in report.failed:
            self.stderr.write(f"Failed: {what}")
        if report.waiting:
            self.stderr.write(f"Events that nobody could work on: {report.waiting:,}")


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now() - COMPARED
    try:
        day = parse_date(text)
        found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CommandError("--since takes a date, or an ISO 8601 time with its offset.", returncode=2)
    return found


def _organization(slug: str | None) -> Organization | None:
    try:
        return identity_queries.organization_by_slug(slug) if slug else None
    except PlatformError as refusal:
        raise CommandError(refusal.detail, returncode=2) from refusal
