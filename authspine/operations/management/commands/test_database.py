"""manage.py test_database: does the platform work on this database? Exit 1 when anything does not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analytics.queries import Filters
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.trial import ground as trial_ground
from authspine.operations.trial import run as trial
from authspine.orchestrator import analytics, status

MOVE = ("booking.created", "booking.confirmed")


class Command(BaseCommand):
    help = (
        "Goes through the whole platform in a scratch organization and checks every result. Safe to run twice, and on a"
        " production database: it touches no other organization, and no live Stripe key is used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep", action="store_true", help="keep the scratch organization")

    def handle(self, *args: Any, keep: bool = False, **options: Any) -> None:
        ground, outcome = trial.begin()
        failed = 0
        try:
            self.tell(outcome)
            for outcome in trial.run(ground):
                failed += bool(outcome.problem)
                self.tell(outcome)
            self.summary(ground)
        finally:
            if keep:
                self.stdout.write(f"Kept: {ground.organization.slug} and {ground.stranger.slug}")
            else:
                self.stdout.write(trial_ground.remove(ground))
        if failed:
            self.stderr.write(f"{failed} of the checks failed.")
            raise SystemExit(1)
        self.stdout.write("All checks passed.")

    def tell(self, outcome: trial.Outcome) -> None:
        mark = self.style.ERROR("FAIL") if outcome.problem else self.style.SUCCESS("ok  ")
        self.stdout.write(f"{mark} {outcome.seconds * 1000:7.1f} ms  {outcome.sentence}")
        if outcome.problem:
            self.stdout.write(f"                 {outcome.problem}")

    def summary(self, ground: trial_ground.Ground) -> None:
        with organization_scope(ground.organization, SYSTEM):
            known = status.status()
            users = analytics.report(Filters())["active_users"]
            rate = analytics.conversion(*MOVE, Filters()).rate
        counts = ", ".join(f"{number} {name}" for name, number in known["counts"].items())
        database = known["database"]
        self.stdout.write(f"{database['engine']} {database['version']}: {counts}")
        self.stdout.write(f"{users} active users, conversion from {' to '.join(MOVE)} {rate * 100:.0f} %")
